package dev.trapline.architecture.sample.abi;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A value that is not a record, depends on more than the JDK, and prints.
public final class LoudExit implements Exit {

    private static final Logger LOG = LoggerFactory.getLogger(LoudExit.class);

    /// Prints twice.
    public void speak() {
        LOG.info("a value");
        System.out.println("a value");
    }
}
