@NullMarked
package dev.trapline.journal.recording;

import org.jspecify.annotations.NullMarked;
