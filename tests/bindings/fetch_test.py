#!/usr/bin/env python3
"""adjoin fetch without a network: the catalog, file:// addresses, and an HTTP server of this test that cuts, stalls and resumes.

  fetch_test.py ADJOIN REPOSITORY
"""
import gzip
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ADJOIN = pathlib.Path(sys.argv[1]).resolve()
REPOSITORY = pathlib.Path(sys.argv[2]).resolve()
CATALOG = REPOSITORY / "data" / "catalog.json"
KARATE = (REPOSITORY / "data" / "karate" / "edges.txt").read_bytes()
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class Server:
    """Serves `files` on a free port of this machine. `requests` is what it was asked, as (path, Range, status)."""

    def __init__(self):
        self.files = {}
        self.requests = []
        self.cut_after = None       # bytes of the body, after which the connection ends: once
        self.stall_after = None     # bytes of the body, after which nothing comes until `release`
        self.release = threading.Event()
        self.ranges = True
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                server.answer(self)

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    def address(self, path):
        return f"http://127.0.0.1:{self.http.server_port}/{path}"

    def answer(self, request):
        wanted = request.headers.get("Range")
        if request.path.startswith("/moved/"):
            request.send_response(302)
            request.send_header("Location", request.path.removeprefix("/moved"))
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        content = self.files.get(request.path[1:])
        if content is None:
            self.requests.append((request.path, wanted, 404))
            request.send_response(404)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        etag = f'"{sha256(content)[:16]}"'
        begin = 0
        status = 200
        if wanted and self.ranges and request.headers.get("If-Range") == etag:
            begin = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
            status = 206 if begin < len(content) else 416
        self.requests.append((request.path, wanted, status))
        request.send_response(status)
        if status == 416:
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        if status == 206:
            request.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        request.send_header("Content-Length", str(len(content) - begin))
        request.send_header("ETag", etag)
        request.end_headers()
        body = content[begin:]
        if self.cut_after is not None:
            request.wfile.write(body[:self.cut_after])
            self.cut_after = None
            request.close_connection = True
            return
        if self.stall_after is not None:
            request.wfile.write(body[:self.stall_after])
            request.wfile.flush()
            self.release.wait(60)
            request.close_connection = True
            return
        request.wfile.write(body)

    def close(self):
        self.release.set()
        self.http.shutdown()
        self.http.server_close()


class FetchTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.here = self.folder / "here"
        self.here.mkdir()
        self.store = self.folder / "published"
        self.store.mkdir()

    def server(self):
        server = Server()
        self.addCleanup(server.close)
        return server

    def publish(self, name, content):
        (self.store / name).write_bytes(content)
        return (self.store / name).as_uri()

    def catalog(self, *files, read=None, counts=None, **more):
        """A catalog of the one graph `club`; files are addresses or whole entries. Returns the options that name it."""
        entries = [{"address": file, "sha256": None} if isinstance(file, str) else file for file in files]
        graph = {"name": "club", "title": "A club", "task": "testing", "terms": "none", "citation": "Nobody 2000",
                 "files": entries, "read": read or {}, "counts": counts or {"nodes": 34, "edges": 78}, **more}
        path = self.folder / "catalog.json"
        path.write_text(json.dumps({"version": 1, "graphs": [graph]}), encoding="utf-8")
        return ["--catalog", str(path)]

    def fetch(self, *arguments, **options):
        return subprocess.run([ADJOIN, "fetch", *arguments], cwd=self.here, capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, env=ENVIRONMENT, check=False, **options)

    def left(self):
        return sorted(path.relative_to(self.here).as_posix() for path in self.here.rglob("*"))

    def info(self, name):
        result = subprocess.run([ADJOIN, "info", name, "--json"], cwd=self.here, capture_output=True, text=True, timeout=120, check=True)
        return json.loads(result.stdout)

    def assert_refused(self, result, *words, code=2):
        self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
        last = result.stderr.splitlines()[-1]
        self.assertTrue(last.startswith("adjoin fetch: "), last)
        for word in words:
            self.assertIn(word, last)

    # The catalog that ships.

    def test_the_catalog_is_sound(self):
        graphs = json.loads(CATALOG.read_text(encoding="utf-8"))["graphs"]
        self.assertGreaterEqual(len(graphs), 15)
        names = [graph["name"] for graph in graphs]
        self.assertEqual(len(names), len(set(names)))
        addresses = [file["address"] for graph in graphs for file in graph["files"]]
        self.assertEqual(len(addresses), len(set(addresses)))
        for graph in graphs:
            with self.subTest(graph=graph["name"]):
                self.assertEqual([*graph], ["name", "title", "task", "terms", "citation", "page", "files", "read", "counts"])
                self.assertRegex(graph["name"], r"^[A-Za-z0-9][A-Za-z0-9.-]*$")
                self.assertRegex(graph["citation"], r"\b(19|20)\d\d$")
                self.assertTrue(graph["page"].startswith("https://"))
                self.assertLessEqual(graph["counts"].keys(), {"nodes", "edges", "events", "simplices", "labels", "features"})
                self.assertEqual(len({"edges", "events", "simplices"} & graph["counts"].keys()), 1)
                for count in graph["counts"].values():
                    self.assertTrue(1 < count < 10**10)
                for file in graph["files"]:
                    # SNAP gives the addresses of JODIE with http.
                    self.assertRegex(file["address"], r"^(https://|http://snap\.stanford\.edu/jodie/)")
                    self.assertRegex(file["sha256"] or "0" * 64, r"^[0-9a-f]{64}$")
                    if "raw.githubusercontent.com" in file["address"]:  # a commit, not a branch, so that it never changes
                        self.assertRegex(file["address"], r"/[0-9a-f]{40}/")
                        self.assertIsNotNone(file["sha256"])

    def test_the_list_has_every_graph(self):
        graphs = json.loads(CATALOG.read_text(encoding="utf-8"))["graphs"]
        for arguments in (["--list"], [], ["--list", "--catalog", str(CATALOG)]):
            result = self.fetch(*arguments)
            self.assertEqual(result.returncode, 0, result.stderr)
            lines = result.stdout.splitlines()
            self.assertEqual([line.split()[0] for line in lines], ["name", *(graph["name"] for graph in graphs)])
            self.assertRegex(result.stdout, r"(?m)^facebook +link prediction +4,039 +88,234 edges +- +none stated")
        listed = json.loads(self.fetch("--list", "--json").stdout)["graphs"]
        self.assertEqual([(graph["name"], graph["counts"]) for graph in listed], [(graph["name"], graph["counts"]) for graph in graphs])
        self.assertEqual(self.left(), [])

    def test_help_completion_and_manual_know_it(self):
        help_text = self.fetch("--help").stdout
        self.assertIn("usage: adjoin fetch [NAME] [options]", help_text)
        options = re.findall(r"^  (?:-o, )?--([a-z-]+)", help_text, re.MULTILINE)
        self.assertLessEqual({"output", "list", "keep", "catalog"}, set(options))
        for arguments in (["completion", "bash"], ["completion", "zsh"], ["completion", "fish"], ["man"]):
            text = subprocess.run([ADJOIN, *arguments], capture_output=True, text=True, timeout=60, check=True).stdout
            for word in ("fetch", "keep", "catalog", *(["facebook"] if arguments != ["man"] else [])):
                self.assertIn(word, text)

    # What works.

    def test_a_file_address(self):
        catalog = self.catalog(self.publish("edges.txt", KARATE))
        result = self.fetch("club", *catalog)
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)
        self.assertIn(f"edges.txt: the catalog has no checksum for this file; its SHA-256 is {sha256(KARATE)}, and the counts match "
                      "the published ones", result.stderr)
        self.assertIn("wrote club.adjoin: 34 nodes, 78 edges, as published", result.stderr)
        self.assertIn("cite: Nobody 2000", result.stderr)
        self.assertEqual(self.left(), ["club.adjoin"])
        info = self.info("club.adjoin")
        self.assertEqual((info["nodes"], info["edges"]), (34, 78))

    def test_the_suffix_of_the_output_chooses_its_format(self):
        catalog = self.catalog(self.publish("edges.txt.gz", gzip.compress(KARATE)))
        (self.here / "out").mkdir()
        result = self.fetch("club", *catalog, "-o", "out/edges.tsv", "--quiet")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        self.assertEqual(self.left(), ["out", "out/edges.tsv"])
        self.assertEqual(self.info("out/edges.tsv")["edges"], 78)

    def test_keep_leaves_the_download_and_the_next_fetch_uses_it(self):
        server = self.server()
        server.files["edges.txt"] = KARATE
        catalog = self.catalog(server.address("edges.txt"))
        self.assertEqual(self.fetch("club", *catalog, "--keep").returncode, 0)
        self.assertEqual(self.left(), ["club.adjoin", "club.part", "club.part/edges.txt"])
        self.assertEqual((self.here / "club.part" / "edges.txt").read_bytes(), KARATE)
        result = self.fetch("club", *catalog)
        self.assertIn("is here from an earlier try", result.stderr)
        self.assertEqual(self.left(), ["club.adjoin"])
        self.assertEqual(len(server.requests), 1)

    def test_a_server_with_a_redirect_and_a_known_checksum(self):
        server = self.server()
        server.files["edges.txt"] = KARATE
        file = {"address": server.address("moved/edges.txt"), "sha256": sha256(KARATE), "bytes": len(KARATE)}
        result = self.fetch("club", *self.catalog(file), "--json")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        report = json.loads(result.stdout)
        self.assertEqual(report["downloads"], [{"address": file["address"], "bytes": len(KARATE), "resumed_at": 0,
                                                "sha256": sha256(KARATE), "verified": True}])
        self.assertEqual((report["files"], report["counts"]), (["club.adjoin"], {"nodes": 34, "edges": 78}))
        self.assertEqual(report["record"]["algorithm"], "fetch")

    def test_options_of_reading_labels_and_files_beside(self):
        edges = self.publish("edges.txt", KARATE)
        factions = self.publish("factions.txt", (REPOSITORY / "data" / "karate" / "factions.txt").read_bytes())
        labels = {"address": factions, "role": "labels", "sha256": None}
        result = self.fetch("club", *self.catalog(edges, labels, read={"directed": True, "input-format": "edge-list"},
                                                 counts={"nodes": 34, "edges": 78, "labels": 2}))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(self.info("club.adjoin")["directed"])
        simplices = [self.publish("s-nverts.txt", b"2\n3\n"),
                     {"address": self.publish("s-simplices.txt", b"1\n2\n1\n2\n3\n"), "role": "beside", "sha256": None},
                     {"address": self.publish("s-times.txt", b"5\n6\n"), "role": "beside", "sha256": None}]
        result = self.fetch("club", *self.catalog(*simplices, counts={"nodes": 3, "simplices": 2}))
        self.assertEqual(result.returncode, 0, result.stderr)
        events = self.publish("events.csv", b"u,v,t\na,b,5\nb,a,6\na,b,7\n")
        result = self.fetch("club", *self.catalog(events, read={"time-column": "3"}, counts={"nodes": 2, "events": 3}))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.left(), ["club.adjoin"])

    # Cuts.

    def big(self):
        return b"".join(b"%d %d\n" % (i, i + 1) for i in range(300_000))

    def test_a_cut_download_goes_on_where_it_was(self):
        server = self.server()
        content = server.files["big.txt"] = self.big()
        server.cut_after = 1_000_000
        catalog = self.catalog({"address": server.address("big.txt"), "sha256": sha256(content)},
                               counts={"nodes": 300_001, "edges": 300_000})
        self.assert_refused(self.fetch("club", *catalog), "cannot download", "have arrived are kept", code=1)
        self.assertEqual(self.left(), ["club.part", "club.part/big.txt.part", "club.part/big.txt.part.version"])
        kept = (self.here / "club.part" / "big.txt.part").stat().st_size
        self.assertTrue(0 < kept <= 1_000_000)
        result = self.fetch("club", *catalog)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("went on after", result.stderr)
        self.assertEqual(server.requests, [("/big.txt", None, 200), ("/big.txt", f"bytes={kept}-", 206)])
        self.assertEqual(self.left(), ["club.adjoin"])

    def test_a_cut_download_begins_again_where_the_file_has_changed_or_the_server_sends_no_pieces(self):
        server = self.server()
        catalog = self.catalog(server.address("big.txt"), counts={"nodes": 300_001, "edges": 300_000})
        for change in ("file", "ranges"):
            server.files["big.txt"] = self.big()
            server.cut_after = 1_000_000
            self.assertEqual(self.fetch("club", *catalog).returncode, 1)
            if change == "file":
                server.files["big.txt"] = b"# another\n" + self.big()
            else:
                server.ranges = False
            result = self.fetch("club", *catalog)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertNotIn("went on after", result.stderr)
            self.assertEqual(server.requests[-1][2], 200)
            self.assertEqual(self.left(), ["club.adjoin"])

    def test_a_part_that_is_too_long_is_begun_again(self):
        server = self.server()
        server.files["edges.txt"] = KARATE
        catalog = self.catalog(server.address("edges.txt"))
        (self.here / "club.part").mkdir()
        (self.here / "club.part" / "edges.txt.part").write_bytes(KARATE + b"more")
        (self.here / "club.part" / "edges.txt.part.version").write_text(f'{server.address("edges.txt")}\n"{sha256(KARATE)[:16]}"\n')
        result = self.fetch("club", *catalog)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([request[2] for request in server.requests], [416, 200])
        self.assertEqual(self.left(), ["club.adjoin"])

    def test_an_interrupt_leaves_the_part_and_nothing_else(self):
        server = self.server()
        content = server.files["big.txt"] = self.big()
        server.stall_after = 1_000_000
        catalog = self.catalog(server.address("big.txt"), counts={"nodes": 300_001, "edges": 300_000})
        (self.here / "club.adjoin").write_text("old")
        process = subprocess.Popen([ADJOIN, "fetch", "club", *catalog], cwd=self.here, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
        part = self.here / "club.part" / "big.txt.part"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (part.exists() and part.stat().st_size >= 900_000):
            time.sleep(0.05)
        second = self.fetch("club", *catalog)
        self.assert_refused(second, "another adjoin fetch is at work there")
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertIn("are kept in club.part, and the same command goes on from there", messages)
        self.assertEqual((self.here / "club.adjoin").read_text(), "old")
        self.assertEqual(self.left(), ["club.adjoin", "club.part", "club.part/big.txt.part", "club.part/big.txt.part.version"])
        server.stall_after = None
        server.release.set()
        result = self.fetch("club", *catalog)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(server.requests[-1][2], 206)
        self.assertIn(sha256(content), result.stderr)
        self.assertEqual(self.left(), ["club.adjoin"])

    # What is refused.

    def test_a_wrong_checksum(self):
        server = self.server()
        server.files["edges.txt"] = KARATE
        catalog = self.catalog({"address": server.address("edges.txt"), "sha256": "0" * 64})
        for arguments in ([], ["--keep"]):
            self.assert_refused(self.fetch("club", *catalog, *arguments), sha256(KARATE), "0" * 64, "nothing was written")
            self.assertEqual(self.left(), [])

    def test_wrong_counts(self):
        catalog = self.catalog(self.publish("edges.txt", KARATE), counts={"nodes": 35, "edges": 78, "events": 4})
        self.assert_refused(self.fetch("club", *catalog), "34 nodes where 35 are published, and 0 events where 4 are published",
                            "nothing was written", "--keep")
        self.assertEqual(self.left(), [])
        self.assert_refused(self.fetch("club", *catalog, "--keep"), "kept in club.part")
        self.assertEqual(self.left(), ["club.part", "club.part/edges.txt"])

    def test_a_page_instead_of_a_graph(self):
        catalog = self.catalog(self.publish("edges.txt", b"<html>\nPlease log in first.\n</html>\n"))
        self.assert_refused(self.fetch("club", *catalog), "nothing was written")
        self.assertEqual(self.left(), [])

    def test_no_network(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))  # bound and not listened to: whoever connects is refused
            address = f"http://127.0.0.1:{closed.getsockname()[1]}/edges.txt"
            self.assert_refused(self.fetch("club", *self.catalog(address)), address, "cannot download",
                                "see whether this machine has a network", code=1)
        self.assertEqual(self.left(), [])

    def test_no_such_file(self):
        address = self.server().address("edges.txt")
        self.assert_refused(self.fetch("club", *self.catalog(address)), "the server answered 404", code=1)
        self.assert_refused(self.fetch("club", *self.catalog((self.store / "absent.txt").as_uri())), "absent.txt", code=1)
        self.assertEqual(self.left(), [])

    def test_no_way_from_the_network_to_a_file(self):
        server = self.server()
        server.files["edges.txt"] = KARATE

        def answer(request):
            request.send_response(302)
            request.send_header("Location", self.publish("edges.txt", KARATE))
            request.send_header("Content-Length", "0")
            request.end_headers()

        server.answer = answer
        self.assert_refused(self.fetch("club", *self.catalog(server.address("edges.txt"))), "cannot download", code=1)
        self.assertEqual(self.left(), [])

    def test_wrong_arguments(self):
        catalog = self.catalog(self.publish("edges.txt", KARATE))
        cases = [
            (["facebok"], "'facebok' is not a graph of the catalog; did you mean facebook?"),
            (["clib", *catalog], "did you mean club?"),
            (["club", "more", *catalog], "'more' is one argument too many"),
            (["club", *catalog, "--estimate"], "add --estimate to adjoin info"),
            (["club", *catalog, "-o", "x.png"], "the suffix says no format that adjoin writes"),
            (["club", *catalog, "-o", "missing/x.adjoin"], "No such file or directory"),
            (["club", "--catalog", "absent.json"], "absent.json: cannot open: No such file or directory"),
            (["club", "--catalog", "."], "Is a directory"),
        ]
        for arguments, message in cases:
            with self.subTest(arguments=arguments):
                self.assert_refused(self.fetch(*arguments), message)
        self.assertEqual(self.left(), [])
        (self.here / "club.part").write_text("a file of the user's")
        self.assert_refused(self.fetch("club", *catalog), "club.part: cannot")
        self.assertEqual((self.here / "club.part").read_text(), "a file of the user's")

    def test_a_catalog_that_is_not_one(self):
        good = json.loads((self.catalog("https://a.example/edges.txt") and self.folder / "catalog.json").read_text())

        def changed(change):
            catalog = json.loads(json.dumps(good))
            change(catalog, catalog["graphs"][0])
            return json.dumps(catalog)

        cases = [
            ("", "this is not JSON"),
            ("{", "this is not JSON"),
            ("[]", "found something else than an object"),
            (changed(lambda c, g: c.update(version=2)), "version is not 1"),
            (changed(lambda c, g: c.update(graphs={})), "graphs is not a list"),
            (changed(lambda c, g: c["graphs"].append(g)), "club is the name of two graphs"),
            (changed(lambda c, g: g.update(name="../club")), "the name is not made of letters"),
            (changed(lambda c, g: g.update(tilte="x")), "did you mean title?"),
            (changed(lambda c, g: g.update(title="\u001b[2J")), "title has a control character"),
            (changed(lambda c, g: g.pop("terms")), "graph 'club': terms is missing"),
            (changed(lambda c, g: g.update(files=[])), "files is not a list of at least one file"),
            (changed(lambda c, g: g["files"].append(g["files"][0])), "file 2: edges.txt is the name of two files"),
            (changed(lambda c, g: g["files"][0].update(role="labels")), "the first file has another role than graph"),
            (changed(lambda c, g: g["files"][0].update(role="label")), "role 'label' is not one of"),
            (changed(lambda c, g: g["files"][0].update(address="ftp://a.example/x")), "does not begin with https://"),
            (changed(lambda c, g: g["files"][0].update(address="https://a.example/..")), "does not end in the name of a file"),
            (changed(lambda c, g: g["files"][0].update(address="https://a.example/")), "does not end in the name of a file"),
            (changed(lambda c, g: g["files"][0].pop("sha256")), "file 1: sha256 is missing"),
            (changed(lambda c, g: g["files"][0].update(sha256="ABC")), "sha256 is not 64 hexadecimal digits"),
            (changed(lambda c, g: g["files"][0].update(bytes=-1)), "bytes is not a whole number"),
            (changed(lambda c, g: g.update(read={"directd": True})), "did you mean directed?"),
            (changed(lambda c, g: g.update(read={"input-format": "excel"})), "input-format = 'excel' is not one of"),
            (changed(lambda c, g: g.update(read={"labels": "x"})), "'labels' is not a key"),
            (changed(lambda c, g: g.update(counts={})), "counts is empty"),
            (changed(lambda c, g: g.update(counts={"edges": 0})), "edges is not a whole number from 1"),
            (changed(lambda c, g: g.update(counts={"edgs": 1})), "did you mean edges?"),
        ]
        for text, message in cases:
            with self.subTest(message=message):
                (self.folder / "bad.json").write_text(text, encoding="utf-8")
                self.assert_refused(self.fetch("--list", "--catalog", str(self.folder / "bad.json")), message)


if __name__ == "__main__":
    unittest.main(argv=["fetch_test.py"])
