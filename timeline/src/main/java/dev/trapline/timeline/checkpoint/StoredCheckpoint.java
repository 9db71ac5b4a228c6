package dev.trapline.timeline.checkpoint;

import java.util.SortedMap;

/// A checkpoint that was read, whole: every hash is right.
///
/// @param pages content by hash, of all pages that the image names; belongs to the caller
public record StoredCheckpoint(CheckpointImage image, SortedMap<String, byte[]> pages) {}
