package dev.trapline.abi.machine;

/// An injection that is known before the run begins.
public record PlannedInjection(Injection what, Moment when) {}
