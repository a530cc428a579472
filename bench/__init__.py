"""Figures of requests, time and memory, beside a naive script; run by `make bench`, never by a test."""
