"""Small consumers: each fails with an assertion when what it reads isn't what its format asks for.

    consume.py sarif FILE     the members that SARIF 2.1.0 requires, and their types (oasis-tcs/sarif-spec)
    consume.py tap FILE       TAP 14: version, numbers, plan, YAML blocks; prints "passed failed todo skipped"
    consume.py hidden FILE    no character in it that a terminal obeys or a reader of lines splits at
"""

import json
import re
import sys
from urllib.parse import unquote

LEVELS = {"none", "note", "warning", "error"}


def check_message(message):
    assert isinstance(message["text"], str) and message["text"], message


def check_place(place):
    physical = place["physicalLocation"]
    uri = physical["artifactLocation"]["uri"]
    assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri), uri
    assert unquote(uri, errors="strict"), uri
    if "region" in physical:
        assert physical["region"]["startLine"] >= 1, physical
        assert physical["region"].get("startColumn", 1) >= 1, physical


def check_result(result, rules):
    rule = rules[result["ruleIndex"]]
    assert result["ruleId"] == rule["id"] and result["level"] in LEVELS, result
    check_message(result["message"])
    assert isinstance(result["locations"], list), result
    for place in result["locations"]:
        check_place(place)
    related = result.get("relatedLocations", [])
    assert len({place["id"] for place in related}) == len(related), result
    for place in related:
        check_message(place["message"])
        check_place(place)
    assert all(isinstance(value, str) for value in result.get("partialFingerprints", {}).values()), result
    for suppression in result.get("suppressions", []):
        assert suppression["kind"] in {"inSource", "external"}, suppression


def consume_sarif(text):
    log = json.loads(text)
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json"), log
    assert set(log) <= {"$schema", "version", "runs", "properties"}, log.keys()
    for run in log["runs"]:
        driver = run["tool"]["driver"]
        assert driver["name"] == "statusquo" and driver["version"], driver
        assert run.get("columnKind") in {"utf16CodeUnits", "unicodeCodePoints"}, run
        ids = [rule["id"] for rule in driver["rules"]]
        assert len(set(ids)) == len(ids), ids
        for rule in driver["rules"]:
            check_message(rule["shortDescription"])
            check_message(rule["fullDescription"])
            assert rule["defaultConfiguration"]["level"] in LEVELS, rule
        for result in run["results"]:
            check_result(result, driver["rules"])
        print(len(run["results"]))


def check_block(lines):
    """Mappings, lists of mappings; plain words, numbers or quoted texts."""
    value = r'(?:"(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-f]{4})*"|[a-z0-9-]+)'
    for line in lines:
        assert re.fullmatch(rf"  (?:    |  - |  )?[a-z]+:(?: {value})?|    - [a-z]+: {value}|      [a-z]+: {value}", line), line
        quoted = line.partition(": ")[2]
        if quoted.startswith('"'):
            json.loads(quoted)


def consume_tap(text):
    lines = text.split("\n")
    assert lines.pop() == "" and lines.pop(0) == "TAP version 14"
    plan, block, counts, number = None, None, [0, 0, 0, 0], 0
    for line in lines:
        assert plan is None, "something follows the plan"
        if block is not None:
            if line == "  ...":
                check_block(block)
                block = None
            else:
                block.append(line)
            continue
        if line == "  ---":
            assert number > 0
            block = []
            continue
        found = re.fullmatch(r"1\.\.(\d+)", line)
        if found:
            plan = int(found[1])
            continue
        found = re.fullmatch(r"(not )?ok (\d+) - ((?:[^#\\]|\\.)*?)(?: # (SKIP|TODO) (.*))?", line)
        assert found, line
        number += 1
        assert int(found[2]) == number and found[3].strip(), line
        counts[3 if found[4] == "SKIP" else 2 if found[4] == "TODO" else 1 if found[1] else 0] += 1
    assert block is None and plan == number, (plan, number)
    print(*counts)


def consume_hidden(text):
    hidden = re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]", text)
    assert hidden is None, repr(text[max(0, hidden.start() - 40) : hidden.end() + 10])


if __name__ == "__main__":
    consumers = {"sarif": consume_sarif, "tap": consume_tap, "hidden": consume_hidden}
    with open(sys.argv[2], encoding="utf-8", newline="") as file:
        consumers[sys.argv[1]](file.read())
