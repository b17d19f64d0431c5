"""The form of a ruling. It checks shape; whether the ruling is lawful is asked of `casework.rules` by the step."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as later

from saksama.model.decision import Choice, Ruling


class DecisionForm(forms.Form):
    """Ruling, record kept, records struck, reason, document. In a pair the record struck is the other one."""

    ruling = forms.ChoiceField(
        choices=[(ruling.value, ruling.value) for ruling in Ruling],
        error_messages={"required": later("Pilih salah satu putusan.")},
    )
    kept = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    struck = forms.TypedMultipleChoiceField(required=False, coerce=int)
    reason = forms.CharField(
        max_length=4000,
        error_messages={"required": later("Alasan wajib diisi, juga bila Anda sependapat dengan usulan.")},
    )
    document = forms.CharField(required=False, max_length=300)

    def __init__(self, data: Any = None, *, lines: Sequence[int]) -> None:
        super().__init__(data)
        self.lines = tuple(lines)
        choices = [(line, str(line)) for line in lines]
        self.fields["kept"].choices = [("", ""), *choices]  # type: ignore[attr-defined]
        self.fields["struck"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Put each gap beside its own field; the rules would name only the first."""
        cleaned = super().clean() or {}
        if cleaned.get("ruling") != Ruling.SAME_PERSON.value:
            cleaned["kept"], cleaned["struck"] = None, []
            return cleaned
        kept = cleaned.get("kept")
        if kept is None:
            if "kept" not in self.errors:
                self.add_error("kept", say("Pilih satu data yang dipertahankan."))
        elif len(self.lines) == 2:
            cleaned["struck"] = [line for line in self.lines if line != kept]
        elif kept in (cleaned.get("struck") or []):
            self.add_error("struck", say("Data yang dipertahankan tidak dapat sekaligus dicoret."))
        elif not cleaned.get("struck"):
            self.add_error("struck", say("Centang data yang dicoret."))
        if not (cleaned.get("document") or "").strip():
            self.add_error(
                "document", say("Nomor dokumen wajib diisi untuk mencoret, misalnya surat konfirmasi Disdukcapil.")
            )
        return cleaned

    def choice(self) -> Choice:
        """The choice a valid form makes."""
        made = self.cleaned_data
        return Choice(Ruling(made["ruling"]), made["kept"], tuple(sorted(made["struck"])))


class QueueForm(forms.Form):
    """What the queue is narrowed by. Anything not understood does not narrow."""

    tab = forms.CharField(required=False, max_length=10)
    band = forms.CharField(required=False, max_length=10)
    kelas = forms.CharField(required=False, max_length=5)
    tempat = forms.RegexField(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?", required=False)
    setelah = forms.RegexField(r"GD-[0-9A-Z]{5}-[0-9A-Z]{5}", required=False)
