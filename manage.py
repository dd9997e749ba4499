#!/usr/bin/env python
from adaptapedia.__main__ import main

if __name__ == "__main__":
    main()
