# What may vary from machine to machine, for sed -E: all of it is listed here.
# The hard limit of open files, of check:
s/(hard limit of open files carries )[0-9]+$/\1N/
