"""What people may type here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import phones


class PhoneForm(forms.Form):
    """A text typed on a telephone of the demo."""

    number = forms.CharField(
        label=_("Which telephone"), max_length=20, error_messages={"required": _("Which telephone writes?")}
    )
    body = forms.CharField(
        label=_("Words of the text"),
        max_length=1600,
        error_messages={"required": _("Please write a text.")},
        strip=True,
    )

    def clean_number(self) -> str:
        try:
            return phones.normal(self.cleaned_data["number"])
        except phones.BadPhone as error:
            raise forms.ValidationError(_("This is not a telephone number. Example: 010-0000-1234")) from error
