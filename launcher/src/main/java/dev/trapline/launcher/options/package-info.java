/** What commands take: options that several of them share, and words on the command line. */
@NullMarked
package dev.trapline.launcher.options;

import org.jspecify.annotations.NullMarked;
