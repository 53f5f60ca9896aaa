"""The mechanisms of the compiled engine: functions on one array of whole numbers, named as the desk names its parts."""
