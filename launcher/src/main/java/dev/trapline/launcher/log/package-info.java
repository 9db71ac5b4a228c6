/** What libraries log, on standard error. */
@NullMarked
package dev.trapline.launcher.log;

import org.jspecify.annotations.NullMarked;
