@NullMarked
package dev.trapline.config;

import org.jspecify.annotations.NullMarked;
