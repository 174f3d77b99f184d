"""Gives verl golongrl's estimators of advantages: importing this module calls :func:`golongrl.verl.install`.

It is what ``VERL_USE_EXTERNAL_MODULES=golongrl.verl_plugin`` names. Nothing is imported from verl before verl itself
imports it, and nothing is started.
"""

from golongrl._verl_advantage import install

install()
