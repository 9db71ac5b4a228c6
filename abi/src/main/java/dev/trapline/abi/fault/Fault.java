package dev.trapline.abi.fault;

/// What goes wrong. A closed set.
public sealed interface Fault permits CallFault, MachineFault, InputFault {}
