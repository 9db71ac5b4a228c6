@NullMarked
package dev.trapline.remote;

import org.jspecify.annotations.NullMarked;
