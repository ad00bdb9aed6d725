"""`python -m intake`."""

from intake.cli.main import main

if __name__ == "__main__":
    main()
