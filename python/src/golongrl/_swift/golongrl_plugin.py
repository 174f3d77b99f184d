"""The file for ms-swift's --external_plugins. It stands alone in its folder because ms-swift puts the folder on
sys.path, where the other modules of golongrl would hide the packages trl, ray and swift."""

import golongrl.swift

golongrl.swift.register()
