package dev.trapline.machine;

/// How far a running machine has come. A snapshot that another thread may take at any time.
///
/// @param virtualTime in ticks of 62.5 MHz
/// @param slices slices ended
/// @param hypercalls hypercalls answered
public record Progress(long virtualTime, long slices, long hypercalls) {}
