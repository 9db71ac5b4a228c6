package dev.trapline.architecture.sample.abi;

/// Stands for a closed set of values.
public interface Exit {}
