@NullMarked
package dev.trapline.abi.file;

import org.jspecify.annotations.NullMarked;
