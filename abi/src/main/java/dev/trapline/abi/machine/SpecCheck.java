package dev.trapline.abi.machine;

/// Refuses values that no machine can have. The message names the value, what it takes, and what was given.
final class SpecCheck {

    private SpecCheck() {}

    static void require(boolean holds, String what, String takes, long given) {
        if (!holds) {
            throw new IllegalArgumentException(what + " takes " + takes + ", not " + given);
        }
    }

    static void range(String what, long given, long least, long most) {
        require(given >= least && given <= most, what, least + " to " + most, given);
    }

    static void atLeast(String what, long given, long least) {
        require(given >= least, what, least + " or more", given);
    }
}
