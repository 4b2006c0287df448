"""Serves a GGUF model with llama.cpp's own HTTP server for as long as the parent process lives.

    API_KEY=… python serve.py MODEL.gguf PORT NAME SLOTS
"""

import os
import sys
import time

import xllamacpp

CONTEXT_PER_SLOT = 16384


def main(path: str, port: int, name: str, slots: int) -> None:
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {name}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.api_keys = [os.environ["API_KEY"]]
    params.n_parallel = slots
    params.n_ctx = CONTEXT_PER_SLOT * slots
    params.n_gpu_layers = 0
    params.cpuparams.n_threads = 1
    params.embedding = True
    params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    parent = os.getppid()
    server = xllamacpp.Server(params)  # It serves for as long as this object lives.
    print(server.listening_address, flush=True)
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
