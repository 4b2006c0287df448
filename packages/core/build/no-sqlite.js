// undici asks whether Node has SQLite, for a cache that core does not use: as an import, Node would have to have it.
export default undefined
