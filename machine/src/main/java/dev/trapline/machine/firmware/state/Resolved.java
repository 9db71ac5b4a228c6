package dev.trapline.machine.firmware.state;

import static java.util.stream.Collectors.joining;

import java.util.List;

/// A type whose type arguments are known.
record Resolved(Class<?> raw, List<Resolved> arguments) {

    Resolved {
        arguments = List.copyOf(arguments);
    }

    @Override
    public String toString() {
        return arguments.isEmpty()
                ? raw.getName()
                : raw.getName() + arguments.stream().map(Resolved::toString).collect(joining(",", "<", ">"));
    }
}
