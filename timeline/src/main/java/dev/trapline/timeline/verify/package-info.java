/** Verification of a recording on several threads, part by part. */
@NullMarked
package dev.trapline.timeline.verify;

import org.jspecify.annotations.NullMarked;
