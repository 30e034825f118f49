"""Compiled kernels must not outlive their source: numba does not notice a changed callee (its issue 8851)."""

from __future__ import annotations

import os
import subprocess
import sys

from moonstead.foundation import kernel_cache


def prepared(**environment):
    code = (
        "import os; from moonstead.foundation.kernel_cache import prepare; prepare()\n"
        "print(os.environ['NUMBA_CACHE_DIR'])\n"
        "import sys; assert 'numba' not in sys.modules"
    )
    kept = {name: value for name, value in os.environ.items() if name != kernel_cache.VARIABLE}
    answer = subprocess.run(
        [sys.executable, "-c", code], env={**kept, **environment}, capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


def test_the_folder_is_named_by_the_sources_and_lies_in_the_cache(tmp_path):
    folder = prepared(MOONSTEAD_CACHE=str(tmp_path))
    assert folder == str(tmp_path / f"numba-{kernel_cache.kernel_hash()}")


def test_a_folder_that_the_user_named_is_left_alone(tmp_path):
    assert prepared(NUMBA_CACHE_DIR=str(tmp_path)) == str(tmp_path)


def test_a_changed_kernel_changes_the_folder(tmp_path, monkeypatch):
    (tmp_path / "deep").mkdir()
    kernel = tmp_path / "deep" / "some_kernels.py"
    kernel.write_text("one")
    monkeypatch.setattr(kernel_cache, "PACKAGE", tmp_path)
    hashes = []
    for text in ("one", "two", "one"):
        kernel.write_text(text)
        kernel_cache.kernel_hash.cache_clear()
        hashes.append(kernel_cache.kernel_hash())
    kernel_cache.kernel_hash.cache_clear()
    assert hashes[0] == hashes[2] != hashes[1]


def test_kernels_without_vectors_have_a_folder_of_their_own(tmp_path):
    folders = [prepared(MOONSTEAD_CACHE=str(tmp_path), MOONSTEAD_SIMD=choice) for choice in ("0", "1", "0")]
    assert folders[0] == folders[2] != folders[1]


def test_numba_that_was_imported_first_is_told_too(tmp_path):
    code = (
        "import numba; from moonstead.foundation.kernel_cache import prepare; prepare()\nprint(numba.config.CACHE_DIR)"
    )
    kept = {name: value for name, value in os.environ.items() if name != kernel_cache.VARIABLE}
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "MOONSTEAD_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip().startswith(str(tmp_path))
