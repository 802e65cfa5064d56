"""``manage.py import_letters``: questions and answers from Markdown files."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from qa.letters.errors import LetterError
from qa.letters.files import is_folder, letter_files
from qa.letters.importing import Options, Report, import_files
from qa.models import QuestionIndexPage
from site_config.stopping import Stopped, steps


class Command(BaseCommand):
    """Imports files or whole folders; a second run with the same files changes nothing."""

    help = "Import questions and answers from Markdown files with front matter. Running it twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a .md file, or a folder of them")
        parser.add_argument("--topics-from", default="", metavar="KEY", help="front matter key that holds the topics")
        parser.add_argument(
            "--status", choices=["draft", "published"], default="", help="for letters that say none (default: draft)"
        )
        parser.add_argument(
            "--files-from",
            type=Path,
            metavar="FOLDER",
            help="where pictures and documents of letters may lie (default: only in the folder that is imported)",
        )
        parser.add_argument("--strict", action="store_true", help="an unknown front matter key is an error")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        column = QuestionIndexPage.objects.first()
        if column is None:
            raise CommandError("There is no question index page to import into. Run `manage.py migrate` first.")
        try:
            files = letter_files(options["paths"])
        except LetterError as error:
            raise CommandError(str(error)) from None
        if not files:
            raise CommandError("No .md file found.")
        folder = options["files_from"]
        if folder and not is_folder(folder):
            raise CommandError(f"--files-from: {folder} is no folder.")
        chosen = Options(
            options["topics_from"], options["status"], options["strict"], options["dry_run"], files_from=folder
        )
        report, started = Report(), time.monotonic()
        try:
            import_files(files, column, chosen, steps, report)
        except Stopped as stop:
            if not options["dry_run"]:
                stop.so_far += ". What is done stays; the same command again passes over it and goes on"
            raise
        finally:  # whatever ends it, a signal or the database, what is done is told
            self._print(report, len(files), time.monotonic() - started, options)
        if report.errors:
            raise CommandError(f"{len(report.errors)} of {len(files)} letters were not imported.")

    def _print(self, report: Report, total: int, seconds: float, options: dict[str, Any]) -> None:
        for message, places in report.warnings.items():
            more = f" and {len(places) - 1} more" if len(places) > 1 else ""
            self.stderr.write(f"{places[0]}{more}: {message}")
        for error in report.errors:
            self.stderr.write(self.style.ERROR(error))
        if options["traceback"]:
            self.stderr.write("\n".join(report.tracebacks))
        elif report.tracebacks:
            self.stderr.write("(--traceback shows where what nobody has foreseen went wrong.)")
        counts = ", ".join(f"{report.counts[name]} {name}" for name in ("created", "updated", "unchanged"))
        verb = "Would import" if options["dry_run"] else "Imported"
        done = report.counts.total() + len(report.errors)
        letters = f"{total} letters" if done >= total else f"{done} of {total} letters"
        self.stdout.write(f"{verb} {letters} in {seconds:.1f} s: {counts}, {len(report.errors)} wrong.")
        if not options["dry_run"] and report.counts["unchanged"] == total:
            self.stdout.write("Nothing changed.")
