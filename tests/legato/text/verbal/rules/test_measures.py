"""R16: numbers with units."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "5 km", "five kilometers"),
        ("en", "1 km", "one kilometer"),
        ("en", "12KG", "twelve kilograms"),
        ("en", "2-5lb", "two to five pounds"),
        ("en", "100 km/h", "one hundred kilometers per hour"),
        ("en", "9.8 m/s²", "nine point eight meters per second squared"),
        ("en", "12 m²", "twelve square meters"),
        ("en", "12 cm^3", "twelve cubic centimeters"),
        ("en", "20 °C", "twenty degrees Celsius"),
        ("en", "1°", "one degree"),
        ("en", "50%", "fifty percent"),
        ("en", ".5 kg", "point five kilograms"),
        ("en", "1 1/2 ft", "one and a half feet"),
        ("en", "2 1/4 in", "two and one quarter in"),
        ("en", "3/4in", "three quarters inches"),
        ("en", "1/0 kg", "one over zero kg"),
        ("en", "5'10\"", "five feet ten inches"),
        ("en", "12/kg", "twelve per kilogram"),
        ("en", "5 million km", "five million kilometers"),
        ("en", "a 10-km run", "a ten kilometer run"),
        ("en", "5 in the", "five in the"),
        ("en", "4K", "four K"),
        ("en", "300 K", "three hundred kelvins"),
        ("en", "3 kg/zz", "three kg slash zz"),
        ("en", "7 qq", "seven qq"),
        ("en", "5 kw", "five kilowatts"),
        ("de", "2 m³", "zwei Kubik Meter"),
        ("de", "10 kg", "zehn Kilogramm"),
        ("es", "1 m²", "un metro cuadrado"),
        ("es", "2 m²", "dos metros cuadrados"),
        ("es", "21 h", "veintiuna horas"),
        ("fr", "2,5 °C", "deux virgule cinq degrés Celsius"),
        ("es", "1 %", "uno por ciento"),
        ("pt", "2 milhões g", "dois milhões gramas"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
