@NullMarked
package dev.trapline.journal.replay;

import org.jspecify.annotations.NullMarked;
