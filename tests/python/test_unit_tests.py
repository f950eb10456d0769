"""The dbt unit tests, which check the rules one by one beside the models."""


def test_every_unit_test_of_the_models_passes(demo):
    finished = demo.run("test", "--select", "test_type:unit")
    assert finished.returncode == 0, finished.stdout
    assert "ERROR=0" in finished.stdout
    passed = int(finished.stdout.rsplit("PASS=", 1)[1].split()[0])
    assert passed >= 80, "the unit tests were not found"
