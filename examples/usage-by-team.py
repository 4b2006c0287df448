"""What each team has used, with nothing but Python: SPEKA_ADMIN_TOKEN=speka-admin-… python examples/usage-by-team.py"""
import json, os, urllib.request

def get(path):
    url = os.environ.get("SPEKA_ADMIN_URL", "http://127.0.0.1:7736") + "/api/v1" + path
    headers = {"Authorization": "Bearer " + os.environ["SPEKA_ADMIN_TOKEN"]}
    return json.load(urllib.request.urlopen(urllib.request.Request(url, headers=headers)))["data"]

names = {team["id"]: team["name"] for team in get("/teams?limit=1000")}
for usage in get("/usage?by=team"):
    print(f"{names.get(usage['group'], 'no team'):20} {usage['requests']:9} requests {usage['cost_usd']:>16} USD")
