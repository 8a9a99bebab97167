"""What no engine here can run is at least read by a parser: compose, Dockerfile, environment, requirements, Makefile."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
OURS = ("web", "worker", "beat")
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))


def _settings_variables() -> set[str]:
    """Names of the environment variables that the settings read."""
    names = set()
    for path in (ROOT / "dvk_portal" / "settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "env"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                names.add(node.args[0].value)
    return names


def test_compose_runs_every_part_of_the_portal():
    assert {"web", "worker", "beat", "migrate", "db", "redis", "mail", "proxy"} == set(SERVICES)
    assert SERVICES["web"]["command"][0] == "gunicorn"
    assert SERVICES["worker"]["command"][:4] == ["celery", "-A", "dvk_portal", "worker"]
    assert SERVICES["beat"]["command"][:4] == ["celery", "-A", "dvk_portal", "beat"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_container_runs_as_root_or_keeps_its_powers(name):
    user, _, group = SERVICES[name]["user"].partition(":")

    assert int(user) > 0
    assert int(group) > 0
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_lasting_service_has_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def test_no_secret_has_a_working_default():
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "ALLOWED_HOSTS"):
        uses = re.findall(r"\$\{" + name + r"([^}]*)\}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses), name
    assert "TRUST" not in text.upper().replace("UNTRUSTED", "")
    example = (ROOT / ".env.example").read_text("utf-8")
    assert re.search(r"^SECRET_KEY=$", example, re.MULTILINE)
    assert re.search(r"^POSTGRES_PASSWORD=$", example, re.MULTILINE)
    assert re.search(r"^REDIS_PASSWORD=$", example, re.MULTILINE)


def test_only_the_proxy_is_reachable_from_outside():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert set(published) == {"proxy", "mail"}
    assert all(port.startswith("127.0.0.1:") for port in published["mail"])


def test_compose_names_only_volumes_it_declares():
    named = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith((".", "/", "$"))
    }

    assert named == set(COMPOSE["volumes"])


def test_the_image_is_built_by_hash_and_runs_without_root():
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()

    assert sum(line.startswith("FROM ") for line in lines) == 2
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert any("requirements/install.py base" in line for line in lines)
    assert any("collectstatic" in line for line in lines)
    assert not [line for line in lines if re.search(r"(KEY|PASSWORD)=[\"']?\w", line)]


def test_image_and_compose_agree_on_user_and_web_command():
    text = (ROOT / "Dockerfile").read_text("utf-8")
    command = yaml.safe_load(re.search(r"^CMD (\[.*\])$", text, re.MULTILINE)[1])

    assert {SERVICES[name]["user"] for name in OURS} == {"10001:10001"}
    assert SERVICES["web"]["command"] == command


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_requirements_are_pinned_by_hash_and_name_no_place(path):
    text = path.read_text("utf-8")
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE | re.IGNORECASE)[1:]

    assert packages
    assert [block.split()[0] for block in packages if not re.match(r"[\w.\-\[\],]+==\S+", block)] == []
    assert [block.split()[0] for block in packages if "--hash=sha256:" not in block] == []
    assert re.findall(r"(?:https?|file)://\S+|^-\S*(?:index|find-links)\S*|@\s*\S+://", text, flags=re.MULTILINE) == []


def test_the_smaller_set_of_packages_is_part_of_the_larger():
    def pins(name):
        text = (ROOT / "requirements" / name).read_text("utf-8")
        return set(re.findall(r"^([\w.\-\[\],]+==[^\s;]+)", text, re.MULTILINE))

    assert {pin.partition("[")[0] for pin in pins("base.txt")} <= {pin.partition("[")[0] for pin in pins("dev.txt")}


def test_no_tracked_file_names_a_package_index():
    done = subprocess.run(
        ["git", "grep", "-lIiE", r"(extra-)?index-url *[=:]|https?://[^ ]*(pypi|/simple\b|registry\.npm)"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    if done.returncode > 1:
        pytest.skip("not a git clone")

    assert [name for name in done.stdout.split() if name != "tests/infra/test_deployment_files.py"] == []


def test_the_example_and_the_runbook_explain_every_variable_the_settings_read():
    example = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    runbook = set(re.findall(r"^\| `([A-Z0-9_]+)`", (ROOT / "docs" / "runbook.md").read_text("utf-8"), re.MULTILINE))

    assert _settings_variables() - example == set()
    assert _settings_variables() - runbook == set()


@pytest.mark.parametrize("target", ["demo", "demo-reset", "test", "check", "bench", "install", "requirements"])
def test_make_knows_its_targets(target):
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_the_suite_and_the_demonstration_never_reach_a_real_database():
    for target in ("demo", "test"):
        done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True)
        assert "env -u DATABASE_URL -u REDIS_URL" in done.stdout


def test_ci_and_the_installer_are_well_formed():
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    # Must be readable by an old Python, to say that it is old.
    ast.parse((ROOT / "requirements" / "install.py").read_text("utf-8"), feature_version=(3, 7))
