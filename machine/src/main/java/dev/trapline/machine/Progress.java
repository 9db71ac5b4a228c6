package dev.trapline.machine;

/// The progress of a running machine: a snapshot that another thread can take at any time.
///
/// @param virtualTime in ticks of 62.5 MHz
/// @param slices slices ended
/// @param hypercalls hypercalls answered
public record Progress(long virtualTime, long slices, long hypercalls) {}
