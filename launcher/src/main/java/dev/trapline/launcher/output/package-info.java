/** What a command prints: standard output and error, the terminal, JSON, and how a run ended. */
@NullMarked
package dev.trapline.launcher.output;

import org.jspecify.annotations.NullMarked;
