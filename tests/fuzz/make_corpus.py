#!/usr/bin/env python3
"""Writes the corpus: small valid files of each kind and the hostile ones that a reader met before. Needs nothing but Python.

    tests/fuzz/make_corpus.py         writes what is missing or differs; inputs that a fuzzer found stay as they are

The first byte of an input chooses options, '0' being the defaults; the file follows, or several of them with MARKER between."""
import gzip
import io
import json
import pathlib
import struct
import zipfile

MARKER = b"\n---\n"
corpus = pathlib.Path(__file__).parent / "corpus"


def put(target, name, content, options="0"):
    path = corpus / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = options.encode("latin-1") + (content if isinstance(content, bytes) else content.encode())
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def npy(dtype, shape, data, order=False, version=1):
    text = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (dtype, order, shape)
    size = 10 if version == 1 else 12
    text += " " * (-(size + len(text) + 1) % 64) + "\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode() + data


def numbers(code, *values):
    return struct.pack("<%d%s" % (len(values), code), *values)


def vector(code, dtype, *values):
    return npy(dtype, "(%d,)" % len(values), numbers(code, *values))


def zstd(content):
    """One frame with one raw block."""
    assert len(content) < 256
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(content)]) + struct.pack("<I", len(content) << 3 | 1)[:3] + content


def store(about, **sections):
    """A store as docs/formats/store.md has it; its checksums are zero, the target mends them."""
    pieces = [("about", json.dumps(about).encode())] + [(k.replace("__", "."), v) for k, v in sections.items()]
    end = 64 + 64 * len(pieces)
    table, body = b"", b""
    for name, content in pieces:
        offset = (end + 63) // 64 * 64
        body += bytes(offset - end) + content
        table += struct.pack("<32sQQQQ", name.encode(), offset, len(content), 0, 0)
        end = offset + len(content)
    return struct.pack("<8sIIQQQ24x", b"\x89ADJ\r\n\x1a\n", 1, len(pieces), end, 0, 0) + table + body


# ---- text edge lists
triangle = "1 2\n2 3\n3 1\n"
edge_lists = {
    "space": triangle, "tab": "a\tb\nb\tc\n", "comma": '"a b",c\nc,"d"\n', "semicolon": "x;y;0.5\ny;z;2\n",
    "header": "source,target,weight\na,b,1\nb,c,2.5\n", "comments": "# one\n% two\n\n1 2 # 3\n", "mark": "\ufeff1 2\r\n2 3\r\n",
    "weights": "1 2 0.5\n1 2 3e38\n2 1 3e38\n", "times": "1 2 1217567877\n2 3 1217567878\n", "decimals": "1 2 0.5\n2 3 0.125\n1 3 -4\n",
    "large_numbers": "1 2\n4294967296 1\n18446744073709551615 3\n99999999999999999999 1\n", "mixed_names": "1 2\n01 2\n-1 x\n",
    "loops": "1 1\n1 2\n2 1\n", "one_column": "1\n2\n", "ragged": "1 2\n1 2 3\n", "zero_byte": "1 2\n\0 3\n", "no_end": "1 2",
    "quotes": '1,"2\n"3"",4\n', "control": "a b\x01c\n", "empty": "", "nan": "1 2 nan\n", "negative": "1 2 -1\n",
    "hash": "x #a\n%b y\n", "words": "source target\n", "bytes": b"\xff\xfe\x80 \xc3\xa9\n",
}
for name, text in edge_lists.items():
    put("edge_list", name, text)
    put("graph_round_trip", name, text)
put("edge_list", "asked_times", "a b 5\nb c 1\n", "3")
put("edge_list", "asked_header", "a b\n1 2\n", "1")
put("edge_list", "bipartite", "1 1 3\n2 1 4\n", "K")
put("edge_list", "types", "a b x\nb c y\nb a y\n", "\x08")
for options in "1234567":
    put("graph_round_trip", "options_" + options, "1 2 2\n2 3 1\n3 1 7\n1 1 1\n5 5 1\n", options)

jodie = "user_id,item_id,timestamp,state_label,comma_separated_list_of_features\n"
put("jodie", "small", jodie + "0,0,0.0,0,-0.175,0.5\n1,0,36.0,1,1e3,2\n0,1,77.5,0,0,0\n")
put("jodie", "without_features", jodie + "0,0,0,0\n1,1,1,0\n")
put("jodie", "header_only", jodie)
put("jodie", "ragged", jodie + "0,0,0.0,0,1\n1,0,1,1\n")
put("jodie", "bad_label", jodie + "0,0,0,0.5,1\n0,0,0,99999999999,1\n")

# ---- matrices and graphs
banner = "%%MatrixMarket matrix coordinate "
matrices = {
    "pattern": banner + "pattern symmetric\n% c\n\n4 4 3\n2 1\n3 1\n3 2\n", "real": banner + "real general\n3 3 4\n1 2 0.5\n2 1 0.5\n2 3 2\n3 2 2\n",
    "integer": banner + "integer general\n3 3 2\n1 2 7\n2 3 1\n", "array": "%%MatrixMarket matrix array real general\n2 2\n1\n",
    "rows": banner + "pattern general\n99999999999 9 1\n1 2\n", "many_rows": banner + "pattern general\n4294967295 4294967295 1\n1 2\n",
    "entries": banner + "pattern general\n3 3 1000000000\n1 2\n", "outside": banner + "pattern general\n3 3 1\n0 4\n",
    "negative": banner + "real general\n2 2 1\n1 2 -1\n", "short": banner, "oblong": banner + "pattern symmetric\n2 5 1\n1 4\n",
}
for name, text in matrices.items():
    put("matrix_market", name, text)
put("matrix_market", "directed", matrices["real"], "1")
metis = {
    "small": "3 2\n2\n1 3\n2\n", "weights": "3 2 1\n2 5\n1 5 3 7\n2 7\n", "sizes": "2 1 111 2\n9 1 1 2 3\n9 1 1 1 3\n",
    "isolated": "3 1\n2\n1\n\n", "comments": "% c\n2 1\n% d\n2\n1\n", "loops": "2 2\n1 2\n1\n", "one_sided": "2 1\n2\n\n",
    "lying": "4294967295 18446744073709551615 11 18446744073709551615\n1 1\n", "outside": "2 1\n3\n1\n", "word": "2 1\nx\n1\n",
}
for name, text in metis.items():
    put("metis", name, text)
graphml = '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">%s</graphml>\n'
key = '<key id="w" for="edge" attr.name="weight" attr.type="double"><default>1.5</default></key>'
graphs = {
    "small": '<graph edgedefault="undirected"><node id="a"/><node id="b &amp; c"/><edge source="a" target="b &amp; c"/></graph>',
    "weights": key + '<graph edgedefault="directed"><node id="1"/><node id="2"/><edge source="1" target="2"><data key="w">2</data>'
    '</edge><edge source="2" target="1"/></graph>',
    "nested": '<graph><node id="1"><graph><node id="2"/></graph></node></graph>', "hyper": "<graph><hyperedge/></graph>",
    "undeclared": '<graph><edge source="1" target="2"/></graph>', "twice": '<graph><node id="1"/><node id="1"/></graph>',
    "mixed": '<graph><node id="1"/><edge source="1" target="1" directed="true"/><edge source="1" target="1"/></graph>',
    "data": key + '<graph><node id="1"><data key="w">x</data></node><data key="w">3</data><edge source="1" target="1">'
    '<data key="w"> nan </data></edge></graph>',
}
for name, text in graphs.items():
    put("graphml", name, graphml % text)
put("graphml", "entities", '<!DOCTYPE a [<!ENTITY b "1"><!ENTITY c "&b;&b;">]>\n' + graphml % '<graph><node id="&c;"/></graph>')
put("graphml", "cut", (graphml % graphs["weights"])[:200])
put("graphml", "wide", ('<?xml version="1.0" encoding="UTF-16"?><graphml><graph><node id="é"/></graph></graphml>').encode("utf-16"))

text_csr = npy("|S3", "()", b"csr")
shape = vector("q", "<i8", 3, 3)
csr = [text_csr, shape, vector("f", "<f4", 1, 2, 1, 2), vector("i", "<i4", 1, 0, 2, 1), vector("i", "<i4", 0, 1, 3, 4)]
coo = [npy("|S3", "()", b"coo"), shape, vector("d", "<f8", 1, 1), b"", b"", vector("i", "<i4", 0, 1), vector("i", "<i4", 1, 2)]
archives = {
    "csr": csr, "csc": [npy("<U3", "()", "csc".encode("utf-32-le"))] + csr[1:], "coo": coo,
    "no_text": [npy("|S100", "(0,)", b"")] + csr[1:], "long": [npy("|S1000000", "(0, 3)", b"")] + csr[1:],
    "lying_rows": [coo[0], vector("q", "<i8", 4294967295, 4294967295)] + coo[2:], "falls": csr[:4] + [vector("i", "<i4", 0, 3, 1, 4)],
    "unsigned": csr[:3] + [vector("Q", "<u8", 1, 2**64 - 1, 2, 1)] + csr[4:], "few": csr[:2],
    "product": [text_csr, npy("<i8", "(9223372036854775809, 2)", numbers("q", 3, 3))] + csr[2:],
}
for name, parts in archives.items():
    put("npz", name, MARKER.join(parts), "1")
names = ["format.npy", "shape.npy", "data.npy", "indices.npy", "indptr.npy", "row.npy", "col.npy"]
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, part in zip(names, csr):
        archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
put("npz", "archive", packed.getvalue())
put("npz", "cut_archive", packed.getvalue()[:300])
put("npz", "empty_archive", b"PK\x05\x06" + bytes(18))
pairs = {
    "rows": npy("<i8", "(3, 2)", numbers("q", 0, 1, 1, 2, 2, 0)), "columns": npy("<i4", "(2, 3)", numbers("i", 0, 1, 2, 1, 2, 0)),
    "fortran": npy("<u2", "(3, 2)", numbers("H", 0, 1, 2, 1, 2, 0), True), "wide": npy("<u8", "(1, 2)", numbers("Q", 2**63, 1)),
    "none": npy("<i8", "(0, 2)", b""), "huge": npy("<i8", "(4611686018427387904, 0, 4)", b""), "no_columns": npy("<i8", "(2, 0)", b""),
    "second": npy("<i8", "(1, 2)", numbers("q", 5, 6), False, 2), "floats": npy("<f8", "(1, 2)", numbers("d", 1, 2)),
    "booleans": npy("|b1", "(2, 2)", b"\0\1\1\0"), "negative": npy("<i1", "(1, 2)", b"\xff\0"), "big_endian": npy(">i4", "(1, 2)", bytes(8)),
    "lying": npy("<i8", "(9999999999, 2)", bytes(16)), "cut": npy("<i8", "(1, 2)", bytes(16))[:40], "text": b"\x93NUMPY\x01\0\xff\xff{}",
}
for name, content in pairs.items():
    put("npy", name, content)

# ---- simplices
sets = {
    "small": ["2\n3\n", "1\n2\n2\n3\n4\n", "5\n1.5\n", "1 one\n2 two words\n3 three\n"], "no_times": ["1\n", "7\n"],
    "fewer_nodes": ["3\n", "1\n2\n"], "overflow": ["18446744073709551615\n2\n", "1\n", "1\n2\n"], "zero": ["0\n", "1\n", "1\n"],
    "more_times": ["1\n", "1\n", "1\n2\n"], "word": ["1\n", "x\n", "1\n"], "empty": ["", "", ""], "no_nodes": ["1\n"],
    "decimals": ["1\n1\n", "1\n2\n", "9223372036854775807\n0.123456789\n"],
}
for name, parts in sets.items():
    put("simplices", name, MARKER.join(part.encode() for part in parts))
hif = {
    "small": '{"network-type": "undirected", "metadata": {"name": "x", "n": 1}, "nodes": [{"node": "a"}, {"node": 7}],\n'
    '"edges": [{"edge": 0, "attrs": {"timestamp": "2001-12-10T08:30:00.5Z"}}],\n"incidences": [{"edge": 0, "node": "a"}, {"edge": 0, "node": "b"},'
    ' {"edge": "e", "node": 7, "weight": 2, "direction": "head"}]}',
    "no_incidences": '{"nodes": [{"node": 1}]}', "empty": '{"incidences": []}', "twice": '{"incidences": [], "incidences": []}',
    "wrong_kind": '{"incidences": {"a": 1}}', "field": '{"incidences": [{"edge": 1, "node": 2, "x": 3}]}', "list": "[1, 2]",
    "times": '{"edges": [{"edge": 1, "attrs": {"timestamp": 1.25}}, {"edge": 2, "attrs": {"time": -3}}], "incidences": [{"edge": 1, "node": 1},'
    ' {"edge": 2, "node": 2}, {"edge": 3, "node": 2}, {"edge": 1, "node": 2}]}',
    "bytes": b'{"incidences": [{"edge": 1, "node": "\xff"}]}', "deep": '{"metadata": ' + "[" * 200 + "]" * 200 + "}",
    "escape": '{"incidences": [{"edge": "\\u00e9", "node": "\\ud83d\\ude00"}, {"edge": "\\u0000", "node": "x"}]}',
    "cut": '{"incidences": [{"edge": 1,', "number": '{"incidences": [{"edge": 1e400, "node": 2}]}',
}
xgi = {
    "small": '{"hypergraph-data": {"name": "x", "a": [1]}, "node-data": {"1": {}, "2": {"name": "n"}}, "edge-data": {"0":'
    ' {"timestamp": "2001-12-10T08:30:00"}, "1": {"timestamp": null}}, "edge-dict": {"0": ["1", "2"], "1": [2, 3], "2": []}}',
    "no_edges": '{"hypergraph-data": {}}', "wrong_kind": '{"edge-dict": [1]}', "edge": '{"edge-dict": {"0": 1}}', "empty": "{}",
    "time": '{"edge-data": {"0": {"timestamp": "1999-02-30"}}, "edge-dict": {}}',
    "zone": '{"edge-data": {"0": {"timestamp": "1969-12-31 23:59:60.25-01:30"}}, "edge-dict": {"0": ["a"]}}',
    # of a length that writes it as XGI-DATA again
    "incidences": '{"node-data":{"incidences":{},"b":{}},"edge-data":{},"edge-dict":{"0":["incidences","b"]}}     ',
}
for name, text in hif.items():
    put("hif", name, text)
    put("simplex_round_trip", "hif_" + name, text)
for name, text in xgi.items():
    put("xgi", name, text)
    put("simplex_round_trip", "xgi_" + name, text, "1")

# ---- lists of hyperedges; the first character says the separator and the place of times
put("hyperedge_list", "plain", "1,2,3\n2,4\n")
put("hyperedge_list", "timed", "# node,node,...\ttime\na,b\t3\n\"c, d\",a,b\t-1.5\n")
put("hyperedge_list", "after_tab", "a;b;c\t2001-12-10\na;b\t2001-12-11T00:00:01\n")
put("hyperedge_list", "tabs", "a b\tc, d\te\n")
put("hyperedge_list", "last", "1 2 3 100\n4 200\n", "=")  # spaces, last
put("hyperedge_list", "no_node", "100\n", "8")  # first
put("hyperedge_list", "empty_name", "1,,2\n")
put("hyperedge_list", "open_quote", "\"1,2\n")

# ---- stores
nodes = {"count": 3, "names": "range"}
about = {"written_by": "adjoin 0.1.0", "nodes": nodes, "metadata": {"a": "b"}}
graph = {"directed": False, "weighted": True, "edges": 2, "transpose": False}
matrix = {"graph__offsets": numbers("Q", 0, 1, 3, 4), "graph__targets": numbers("I", 1, 0, 2, 1), "graph__weights": numbers("f", 1, 1, 2, 2)}
put("store", "graph", store(about | {"graph": graph}, **matrix))
put("store", "checksums", store(about | {"graph": graph}, **matrix), "1")
put("store", "one_sided", store(about | {"graph": graph}, **(matrix | {"graph__weights": numbers("f", 1, 3, 2, 2)})))
put("store", "directed", store(about | {"graph": {"directed": True, "weighted": False, "edges": 1, "transpose": True}},
    graph__offsets=numbers("Q", 0, 1, 1, 1), graph__targets=numbers("I", 2), graph__in_offsets=numbers("Q", 0, 0, 0, 1),
    graph__in_targets=numbers("I", 0)))
put("store", "numbers", store(about | {"nodes": {"count": 2, "names": "numbers"}}, nodes__numbers=numbers("Q", 5, 2**63)))
text_names = {"nodes__name_bytes": b"abc", "nodes__name_offsets": numbers("Q", 0, 1, 3)}
put("store", "text", store(about | {"nodes": {"count": 2, "names": "text"}}, **text_names))
put("store", "no_names", store(about | {"nodes": {"count": 0, "names": "text"}}, nodes__name_bytes=b"", nodes__name_offsets=numbers("Q", 0)))
put("store", "events", store(about | {"events": {"count": 2, "decimals": 3, "features": 2}}, events__sources=numbers("I", 0, 1),
    events__targets=numbers("I", 1, 2), events__times=numbers("q", -5, 7), events__weights=numbers("f", -1, 1),
    events__labels=numbers("i", 0, 1), events__features=numbers("f", 1, 2, 3, 4)))
put("store", "simplices", store(about | {"simplices": {"count": 1, "decimals": 0}}, simplices__offsets=numbers("Q", 0, 2),
    simplices__nodes=numbers("I", 0, 2), simplices__times=numbers("q", 9)))
put("store", "features", store(about | {"features": {"columns": 2, "sparse": False}}, features__dense=numbers("f", 1, 2, 3, 4, 5, 6)))
put("store", "sparse", store(about | {"features": {"columns": 9, "sparse": True}, "labels": {"count": 2, "names": "range"}},
    features__offsets=numbers("Q", 0, 1, 1, 2), features__targets=numbers("I", 8, 0), features__weights=numbers("f", -1, 0.5),
    labels__offsets=numbers("Q", 0, 1, 1, 1), labels__targets=numbers("I", 1)))
put("store", "labels_wrap", store(about | {"labels": {"count": 2**64 - 1, "names": "text"}}, labels__name_bytes=b"",
    labels__name_offsets=b"", labels__offsets=numbers("Q", 0, 0, 0, 0), labels__targets=b""))
put("store", "simplices_wrap", store(about | {"simplices": {"count": 2**64 - 1, "decimals": 0}}, simplices__offsets=b"", simplices__nodes=b""))
put("store", "cut", store(about)[:100])

# ---- tables of nodes, and embeddings
tables = {
    "nodes": ["node,label,a,b\n0,x,1,2\n1,y,3,4\n2,-1,5,6\n9,x,7,8\n"], "lists": ['id;features\n0;1,0,1\n1;0,0,1\n'],
    "ragged_lists": ["id\tfeature\n0\t5,7\n1\t1\n3\t1000000000\n"], "labels": ["", "0 x\n1 y\n1 z w\n7 -1\n"], "one_column": ["0\n5\n"],
    "matrix_market": ["", "", "", banner + "real general\n2 5 2\n1 5 -1\n2 1 2\n"], "oblong": ["", "", "", matrices["oblong"]],
    "names": ["", "", "1\n0\n", banner + "pattern general\n2 2 1\n1 2\n"], "many_rows": ["", "", "", matrices["many_rows"]],
    "many_columns": ["", "", "", banner + "pattern general\n1 4294967295 1\n1 4294967295\n"], "twice": ["0 1\n0 2\n"],
    "dense": ["", "", "", npy("<f4", "(2, 2)", numbers("f", 1, 2, 3, 4))], "not_finite": ["", "", "", npy("<f4", "(1, 1)", numbers("f", float("nan")))],
    "no_columns": ["", "", "", npy("<f4", "(9223372036854775807, 0)", b"")], "no_rows": ["", "", "", npy("<f4", "(0, 4611686018427387905)", b"")],
    "infinite": ["", "", "", banner + "real general\n1 1 1\n1 1 1e39\n"],
}
for name, parts in tables.items():
    put("node_table", name, MARKER.join(part if isinstance(part, bytes) else part.encode() for part in parts))
buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w") as archive:
    for name, part in zip(names, csr):
        archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part)
put("node_table", "sparse", MARKER.join([b"", b"", b"", buffer.getvalue()]))
put("node_table", "drop", b"9 1\n", "1")
put("node_table", "refuse", b"9 1\n", "2")
pairs = {
    "methods": ("0", "source\ttarget\tcn\taa\na\tb\t2\t0.5\nb\tc\t0\tinf\n" + "\n---\n" + "c b 0\na b 1\n"), "lists": ("0", "0.5\n1\n" + "\n---\n" + "1\n0\n"),
    "labelled": ("0", "u,v,cn,label\n1,2,0.5,1\n\n2,3,7,0\n"), "turned": ("5", "a b 1\nb a 2\n" + "\n---\n" + "b a 0\na b 1\n"), "twice": ("0", "a b 1\nb a 2\n"),
    "alone": ("0", "a b 1\n" + "\n---\n" + "a c 1\n"), "ragged": ("0", "a b 1\na b\n"), "nan": ("0", "a b nan\n"), "unclosed": ("3", 'a,b,1\n"c,d,1\n'),
    "last_label": (":", "a b 0.5 1\n7 8 1 0\n"), "no_label": ("0", "a b 1\n" + "\n---\n" + "u v x y\na b 1 1\n"),
}
for name, (options, content) in pairs.items():
    put("pair_table", name, content.encode(), options)
embeddings = {
    "npy": ("0", npy("<f4", "(2, 2)", numbers("f", 1, 2, 3, 4))), "named": ("0", b"a\nb\n" + MARKER + npy("<f8", "(2, 1)", numbers("d", 1, 2))),
    "no_columns": ("0", npy("<f4", "(9223372036854775807, 0)", b"")), "nan": ("0", npy("<f4", "(1, 1)", numbers("f", float("nan")))),
    "bfloat16": ("0", npy("<V2", "(2, 2)", numbers("H", 0x3fc0, 0xc010, 0x4049, 0x0da2))),
    "word2vec": ("1", b"2 2\na 1 2\nb 3 4 \n"), "none": ("1", b"0 18446744073709551615\n"), "lying": ("1", b"9 9\na 1\n"),
    "tsv": ("2", b"a b\t1\t2e38\nc\t3\t-4\n"), "ragged": ("2", b"a\t1\nb\t1\t2\n"), "twice": ("2", b"a\t1\na\t2\n"), "large": ("2", b"a\t1e39\n"),
    "binary": ("3", b"2 2\nin " + numbers("f", 1, -2.5) + b"\nout " + numbers("f", 0, 10)), "binary_lying": ("3", b"9 99999999999\nin 1234"),
}
for name, (options, content) in embeddings.items():
    put("embedding", name, content, options)

# ---- compression
plain = b"1 2\n2 3\n"
packed_gzip = gzip.compress(plain, mtime=0)
put("compression", "gzip", packed_gzip)
put("compression", "members", packed_gzip + packed_gzip)
put("compression", "cut_gzip", packed_gzip[:-9])
put("compression", "short", b"\x1f\x8b")
put("compression", "twice", gzip.compress(packed_gzip, mtime=0))
put("compression", "zeros", gzip.compress(bytes(200000), mtime=0))
put("compression", "size", packed_gzip[:-4] + b"\xff\xff\xff\x7f")
put("compression", "zstd", zstd(plain))
put("compression", "frames", zstd(plain) + zstd(b"") + zstd(plain))
put("compression", "cut_zstd", zstd(plain)[:-3])
put("compression", "zstd_size", b"\x28\xb5\x2f\xfd\xe0" + b"\xff" * 8 + b"\x01\0\0")
put("compression", "pack_gzip", plain + MARKER + plain, "1")
put("compression", "pack_zstd", plain + MARKER + plain, "2")

# ---- safetensors
def safetensors(header, values=b""):
    return struct.pack("<Q", len(header)) + header.encode() + values


one = '"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'
put("safetensors", "empty", safetensors("{}"))
put("safetensors", "one", safetensors("{%s}  " % one, b"12345678"))
put("safetensors", "two", safetensors('{"__metadata__":{"format":"pt"},%s,"b":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}' % one, b"123456789"))
put("safetensors", "none", safetensors('{"n":{"dtype":"I64","shape":[0,18446744073709551615],"data_offsets":[0,0]}}'))
put("safetensors", "twice", safetensors("{%s,%s}" % (one, one), b"12345678"))
put("safetensors", "gap", safetensors("{%s}" % one, b"123456789"))
put("safetensors", "huge", safetensors('{"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}}'))
put("safetensors", "lying", b"\xff" * 8 + b"{}")
