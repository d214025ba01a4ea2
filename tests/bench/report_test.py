"""The report page and the pictures: in a real browser, on records of the smoke suite.

  report_test.py ADJOIN REPOSITORY

Needs chromium, chromedriver, and the Python packages jinja2, matplotlib, numpy and selenium.
"""
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

ADJOIN = pathlib.Path(sys.argv[1]).resolve()
REPOSITORY = pathlib.Path(sys.argv[2]).resolve()


def run_adjoin(folder, *words, python=sys.executable):
    return subprocess.run([ADJOIN, *words], cwd=folder, env={**os.environ, "ADJOIN_PYTHON": python}, capture_output=True, text=True, timeout=300,
                          check=False)


def browser(width=1280, height=900, phone=False):
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--window-size={width},{height}"):
        options.add_argument(word)
    if phone:
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": {"width": width, "height": height, "pixelRatio": 2}})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


class FolderCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def refused(self, sentence, *words):
        result = run_adjoin(self.folder, *words)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(sentence, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertEqual([path.name for path in self.folder.iterdir() if path.name.startswith("out")], [])


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        result = subprocess.run([sys.executable, REPOSITORY / "bench" / "run", "smoke", "--adjoin", ADJOIN, "--cache", cls.folder],
                                capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        results = cls.folder / "results"
        cls.records = [json.loads(line) for line in (results / "smoke.jsonl").read_text(encoding="utf-8").splitlines()]
        # One record fails and one is not made, so that the page has something to tell.
        failed = {**cls.records[0], "key": "0" * 16, "label": "broken", "failed": "peers.toml: it <does> not install & stays out"}
        with open(results / "smoke.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(failed) + "\n")
        plan = json.loads((results / "smoke.plan.json").read_text(encoding="utf-8"))
        plan["planned"].append({"key": "1" * 16, "experiment": "links", "data": "karate", "program": "adjoin", "label": "later", "round": 0})
        (results / "smoke.plan.json").write_text(json.dumps(plan), encoding="utf-8")
        cls.page = cls.folder / "report.html"
        result = run_adjoin(cls.folder, "report", results, "-o", cls.page)
        assert result.returncode == 0, result.stderr
        cls.browser = browser()
        cls.addClassCleanup(cls.browser.quit)

    def setUp(self):
        self.browser.get_log("performance")
        self.browser.get(self.page.as_uri())

    def table(self, title):
        card = next(card for card in self.browser.find_elements(By.CSS_SELECTOR, ".table")
                    if card.find_element(By.TAG_NAME, "h4").get_attribute("textContent") == title)
        return card.find_element(By.TAG_NAME, "table")

    @staticmethod
    def text(element):
        return re.sub(r"\s+", " ", element.get_attribute("textContent")).strip()

    def rows(self, table):
        return [[self.text(cell) for cell in row.find_elements(By.CSS_SELECTOR, "th, td")]
                for row in table.find_elements(By.CSS_SELECTOR, "tbody tr")]

    def test_no_errors_and_no_request_but_the_page_itself(self):
        self.assertEqual([entry for entry in self.browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")], [])
        messages = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        asked = {message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"}
        self.assertEqual({url for url in asked if not url.startswith("data:")}, {self.page.as_uri()})
        text = self.page.read_text(encoding="utf-8")
        for pattern in (r"https?://", r"@import", r"<script[^>]+src", r'href="(?!#|data:)'):
            self.assertIsNone(re.search(pattern, text), pattern)

    def test_numbers_of_the_tables_are_those_of_the_records(self):
        rows = {row[0]: row[1:] for row in self.rows(self.table("Metrics, %"))}
        links = [record for record in self.records if record["experiment"] == "links"]
        checked = 0
        for label in {record["label"] for record in links}:
            column = 0
            for data in ("karate", "borders"):
                for metric in ("auc", "average-precision"):
                    values = [100 * record["metrics"][metric] for record in links if (record["label"], record["data"]) == (label, data)]
                    self.assertEqual(rows[label][column], f"{statistics.mean(values):.2f} ± {statistics.stdev(values):.2f}")
                    column += 1
                    checked += 1
        self.assertEqual(checked, 20)

    def test_every_number_leads_to_its_command_and_rounds(self):
        by_command = {record["command"]: record for record in self.records}
        links = self.browser.find_elements(By.CSS_SELECTOR, "table.sortable td a")
        self.assertGreater(len(links), 60)
        with_text = [cell for cell in self.browser.find_elements(By.CSS_SELECTOR, "table.sortable td") if self.text(cell)]
        self.assertEqual(len(links), len(with_text))
        for target in {link.get_attribute("href").split("#")[1] for link in links}:
            entry = self.browser.find_element(By.ID, target)
            for command in entry.find_elements(By.TAG_NAME, "pre"):
                self.assertIn(self.text(command), by_command)
        for row in self.browser.find_elements(By.CSS_SELECTOR, ".rounds tbody tr"):
            cells = [self.text(cell) for cell in row.find_elements(By.TAG_NAME, "td")]
            candidates = [record for record in self.records if record["command"] == cells[-1] and str(record["seconds"]) == cells[-4]]
            self.assertTrue(candidates, cells)
            self.assertEqual([str(value) for value in candidates[0]["metrics"].values()], cells[1:-4])
            self.assertEqual(str(candidates[0]["peak_bytes"]), cells[-3])

    def test_an_anchor_opens_what_it_stands_in(self):
        link = self.table("Time, median of a split").find_element(By.CSS_SELECTOR, "td a")
        self.browser.execute_script("arguments[0].click()", link)
        target = link.get_attribute("href").split("#")[1]
        self.assertTrue(self.browser.current_url.endswith(f"#{target}"))
        self.assertTrue(self.browser.find_element(By.ID, target).is_displayed())

    def test_heads_sort_their_column_and_say_so(self):
        table = self.table("Metrics, %")
        head = table.find_elements(By.CSS_SELECTOR, "thead th")[1]
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", head)
        for order, reverse in (("descending", True), ("ascending", False)):
            head.find_element(By.TAG_NAME, "button").click()
            self.assertEqual(head.get_attribute("aria-sort"), order)
            values = [float(row[1].split(" ")[0]) for row in self.rows(table)]
            self.assertEqual(values, sorted(values, reverse=reverse))
        name = table.find_elements(By.CSS_SELECTOR, "thead th")[0]
        name.find_element(By.TAG_NAME, "button").click()
        self.assertEqual((name.get_attribute("aria-sort"), head.get_attribute("aria-sort")), ("ascending", "none"))
        names = [row[0] for row in self.rows(table)]
        self.assertEqual(names, sorted(names))

    def test_what_is_missing_is_told(self):
        told = self.text(self.browser.find_element(By.CSS_SELECTOR, ".missing"))
        self.assertIn("broken: peers.toml: it <does> not install & stays out (karate)", told)
        self.assertIn("1 record of links not made yet (karate)", told)

    def test_pictures_are_there_and_take_the_colours_of_the_theme(self):
        pictures = self.browser.find_elements(By.CSS_SELECTOR, "figure svg")
        captions = {self.text(caption) for caption in self.browser.find_elements(By.TAG_NAME, "figcaption")}
        self.assertTrue({"AUC", "ROC", "Precision and recall", "AUC against time", "Peak memory", "micro-F1"} <= captions, captions)
        self.assertGreater(len(pictures), 10)
        for picture in pictures:
            self.assertTrue(picture.get_attribute("aria-label"))
        text = self.page.read_text(encoding="utf-8")
        self.assertNotRegex(text, "#0[ab]0[ab]0")
        identifiers = re.findall(r' id="([^"]+)"', text)
        self.assertEqual(len(identifiers), len(set(identifiers)))
        for referred in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text):
            self.assertIn(referred[0] or referred[1], identifiers)
        of_text = "return getComputedStyle(document.querySelector('figure svg text')).fill"
        light = self.browser.execute_script(of_text)
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        try:
            self.assertNotEqual(self.browser.execute_script(of_text), light)
        finally:
            self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def test_a_phone_scrolls_tables_and_not_the_page(self):
        phone = browser(390, 844, phone=True)
        self.addCleanup(phone.quit)
        phone.get(self.page.as_uri())
        phone.execute_script("for (const part of document.querySelectorAll('details')) part.open = true")
        self.assertEqual(phone.execute_script("return document.documentElement.scrollWidth"), 390)
        self.assertTrue(phone.execute_script("return [...document.querySelectorAll('.scroll')].some(box => box.scrollWidth > box.clientWidth)"))
        smallest = phone.execute_script("""return Math.min(...[...document.querySelectorAll('figure svg text')].map(text =>
            parseFloat(getComputedStyle(text).fontSize) * text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width))""")
        self.assertGreater(smallest, 7)


class Inputs(FolderCase):
    """One sentence with the file, exit code 2, nothing written."""

    def test_reports_of_what_is_none(self):
        (self.folder / "empty").mkdir()
        self.refused("empty: there are no records in this folder", "report", "empty", "-o", "out.html")
        self.refused("gone: there is no such file", "report", "gone", "-o", "out.html")
        self.refused("x.jsonl:1: this line is no JSON object", "report", self.write("x.jsonl", "no\n"), "-o", "out.html")
        self.refused("x.jsonl:1: this is no record", "report", self.write("x.jsonl", "[1]\n"), "-o", "out.html")
        self.refused("the record has schema 9", "report", self.write("x.jsonl", '{"schema": 9, "key": "a"}\n'), "-o", "out.html")
        self.refused("x.jsonl: there are no records in it", "report", self.write("x.jsonl", ""), "-o", "out.html")

    def test_pictures_of_what_is_none(self):
        self.refused("-o out.jpg is none of .svg, .png, .pdf and .html", "plot", "x.npy", "-o", "out.jpg")
        self.refused("-o is needed: a picture to write", "plot", "x.npy")
        self.refused("gone.npy: cannot open: No such file or directory", "plot", "gone.npy", "-o", "out.svg")
        self.refused("2 vectors are too few for a picture", "plot", self.write("two.tsv", "a\t1\t2\nb\t2\t1\n"), "-o", "out.svg")
        points = self.write("x.tsv", "a\t1\t2\nb\t2\t1\nc\t0\t1\n")
        self.refused("x.tsv has no node 'd'", "plot", points, "--annotate", "a,d", "-o", "out.svg")
        self.refused("--labels and --annotate are of points", "plot", points, "--what", "degrees", "--labels", points, "-o", "out.svg")
        self.refused("there is no folder nowhere", "plot", points, "-o", "nowhere/out.svg")
        self.refused("gone.jsonl: there is no such file", "plot", "gone.jsonl", "-o", "out.svg")
        self.refused("x.jsonl: there are no curves in it", "plot", self.write("x.jsonl", json.dumps({
            "graph": "g", "method": "m", "split": "s", "negatives": "u", "run": 0, "split_hash": "0", "metrics": {"auc": 1}, "seconds": 1,
            "peak_bytes": 1, "key": "k"}) + "\n"), "-o", "out.svg")

    def test_a_python_that_is_none_or_lacks_what_is_needed(self):
        points = self.write("x.tsv", "a\t1\t2\nb\t2\t1\nc\t0\t1\n")
        result = run_adjoin(self.folder, "plot", points, "-o", "out.svg", python="no-such-python")
        self.assertEqual(result.returncode, 2)
        self.assertIn("drawing needs Python 3, and no-such-python cannot be run (No such file or directory)", result.stderr)
        bare = self.folder / "bare"
        bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E "$@"\n', encoding="utf-8")  # without site packages
        bare.chmod(0o755)
        result = run_adjoin(self.folder, "plot", points, "-o", "out.svg", python=str(bare))
        self.assertEqual(result.returncode, 2)
        self.assertRegex(result.stderr, r"^adjoin plot: matplotlib and numpy are not installed for .*ADJOIN_PYTHON names another Python")


class Pictures(FolderCase):
    def adjoin(self, *words):
        return subprocess.run([ADJOIN, *words], cwd=self.folder, capture_output=True, text=True, check=True).stdout

    def test_an_embedding_with_labels_is_the_same_picture_each_time(self):
        data = REPOSITORY / "data" / "borders"
        self.adjoin("embed", data / "edges.tsv", "-o", "b.npy", "--dim", "32", "--quiet")
        for name in ("one.svg", "two.svg", "page.html", "picture.png"):
            result = run_adjoin(self.folder, "plot", "b.npy", "--labels", data / "regions.tsv", "--annotate", "Kenya,Peru", "-o", name)
            self.assertEqual((result.returncode, result.stderr.splitlines()[-1]), (0, f"wrote {name}"), result.stderr)
        self.assertEqual((self.folder / "one.svg").read_bytes(), (self.folder / "two.svg").read_bytes())
        self.assertNotRegex((self.folder / "one.svg").read_text(encoding="utf-8"), "#0[ab]0[ab]0")
        page = (self.folder / "page.html").read_text(encoding="utf-8")
        self.assertEqual(page.count("<g><title>"), 266)
        self.assertIn("<title>Lower Saxony</title>", page)
        self.assertNotIn("href=\"name:", page)
        self.assertTrue((self.folder / "picture.png").read_bytes().startswith(b"\x89PNG"))

    def test_a_sample_of_many_nodes_holds_those_that_are_named(self):
        data = REPOSITORY / "data" / "borders"
        self.adjoin("embed", data / "edges.tsv", "-o", "b.npy", "--dim", "8", "--quiet")
        for name in ("one.html", "two.html"):
            result = run_adjoin(self.folder, "plot", "b.npy", "--most", "20", "--annotate", "Kenya", "-o", name)
            self.assertIn("20 of 266 nodes drawn", result.stderr)
        page = (self.folder / "one.html").read_text(encoding="utf-8")
        self.assertEqual((page.count("<g><title>"), page.count("<title>Kenya</title>")), (20, 1))
        self.assertEqual((self.folder / "two.html").read_text(encoding="utf-8"), page)

    def test_degrees_are_drawn_of_any_graph(self):
        edges = REPOSITORY / "data" / "karate" / "edges.txt"
        self.adjoin("convert", edges, "k.graphml", "--quiet")
        for graph, name in ((edges, "d.svg"), ("k.graphml", "k.svg")):
            result = run_adjoin(self.folder, "plot", graph, "--what", "degrees", "-o", name)
            self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((self.folder / "d.svg").read_bytes(), (self.folder / "k.svg").read_bytes())
        result = run_adjoin(self.folder, "plot", edges, "--what", "degrees", "-o", "d.html")
        page = (self.folder / "d.html").read_text(encoding="utf-8")
        self.assertIn("degree: mean 4.59, highest 17", page)  # 2 * 78 / 34

    def test_curves_and_a_report_of_linkpred_itself(self):
        said = self.adjoin("linkpred", REPOSITORY / "data" / "karate" / "edges.txt", REPOSITORY / "data" / "borders" / "edges.tsv", "--methods",
                           "common-neighbors,katz", "--runs", "2", "--curves", "50", "--json", "--quiet")
        (self.folder / "links.json").write_text(said, encoding="utf-8")
        self.assertEqual(run_adjoin(self.folder, "plot", "links.json", "-o", "c.svg").returncode, 0)
        self.assertEqual(run_adjoin(self.folder, "report", "links.json", "-o", "r.html").returncode, 0)
        page = (self.folder / "r.html").read_text(encoding="utf-8")
        for record in json.loads(said):
            self.assertIn(f"{100 * record['auc']['mean']:.2f}", page)
        self.assertIn("karate/edges", page)
        self.assertIn("borders/edges", page)

    def groups(self, name, groups):
        for part, values in (("nverts", map(len, groups)), ("simplices", (node for group in groups for node in group)), ("times", range(len(groups)))):
            (self.folder / f"{name}-{part}.txt").write_text("".join(f"{value}\n" for value in values), encoding="utf-8")
        return f"{name}-nverts.txt"

    def test_a_report_of_trainings_shows_their_course(self):
        head = {"training": "node", "model": "gcn", "metric": "accuracy", "seed": 1}
        epochs = [{"epoch": k, "loss": 1 / k, "validation": 0.5 + (k == 3) / 4 if k % 2 else None, "learning_rate": 0.01, "seconds": 0.5} for k in range(1, 6)]
        log = self.write("run.jsonl", "".join(json.dumps(line) + "\n" for line in [head, *epochs]) + '{"epoch": 6, "lo')
        self.assertEqual(run_adjoin(self.folder, "report", log, "-o", "training.html").returncode, 0)
        page = (self.folder / "training.html").read_text()
        for text in ("Loss of training", "Accuracy of validation", "gcn (run)", "0.7500", "0.2000"):
            self.assertIn(text, page)
        self.refused("run.jsonl:2: this is no epoch of adjoin train", "report", self.write("run.jsonl", json.dumps(head) + '\n{"epoch": 1}\n'), "-o", "t.html")

    def test_a_report_of_groups_shows_both_labels_intervals_and_what_is_below_random(self):
        strong = [[0, 2], [1, 2], [0, 4], [1, 4]]
        weak = self.groups("weak", [[0, 1], *strong, *strong, [0, 3], [1, 3], [0, 5], [1, 5], [5], [0, 1, 3], [0, 1, 5], [3]])
        plain = self.groups("plain", [[1, 2], [1, 2], [0, 2], [0, 2], [0, 1], [0, 1], [2, 3], [1, 3], [0, 1, 2], [3]])
        records = {}
        for data in (weak, plain):
            said = subprocess.run([ADJOIN, "simplices", "predict", data, "--evaluate", "--labels", "both", "--methods",
                                   "simplicial-degrees,combined", "--json"], cwd=self.folder, capture_output=True, text=True, check=True).stdout
            records[data] = json.loads(said)
            (self.folder / f"{data}.json").write_text(said, encoding="utf-8")
        result = run_adjoin(self.folder, "report", "weak-nverts.txt.json", "plain-nverts.txt.json", "-o", "r.html")
        self.assertEqual(result.returncode, 0, result.stderr)
        page = (self.folder / "r.html").read_text(encoding="utf-8")
        for record in records.values():
            for evaluation in record["evaluations"]:
                for row in evaluation.get("methods", []):
                    if "refusal" not in row:
                        self.assertIn(f"{row['improvement']:.3f} <small>{row['interval'][0]:.2f} to {row['interval'][1]:.2f}</small>", page)
        self.assertIn("plain, correct", page)
        self.assertIn("plain, reference", page)
        self.assertIn(records["plain-nverts.txt"]["about_labels"], page)
        self.assertIn("Every score is below random on weak (correct labels).", page)
        self.assertIn("a score is learned where some do and others do not", page)  # why combined is not measured
        result = run_adjoin(self.folder, "simplices", "predict", plain, "--evaluate", "--methods", "minimum", "--report", "own.html")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("2.000 <small>2.00 to 2.00</small>", (self.folder / "own.html").read_text(encoding="utf-8"))
        self.assertIn("minimum", result.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
