package dev.trapline.abi.fault;

/// Where a rule's fault is possible: a series of occasions, of which the rule's [Occasion] chooses some. A closed set.
///
/// | place | faults |
/// |---|---|
/// | [CallPattern] | [CallFault]; [MachineFault], which happens behind the call |
/// | [Moments] | [MachineFault] |
/// | [InputPattern] | [InputFault] |
public sealed interface FaultPlace permits CallPattern, Moments, InputPattern {

    /// Whether a fault can happen at such a place.
    default boolean takes(Fault fault) {
        return switch (fault) {
            case CallFault _ -> this instanceof CallPattern;
            case MachineFault _ -> this instanceof CallPattern || this instanceof Moments;
            case InputFault inputFault -> this instanceof InputPattern pattern && pattern.takes(inputFault);
        };
    }

    /// What one occasion is called: `call`.
    default String one() {
        return switch (this) {
            case CallPattern _ -> "call";
            case Moments _ -> "moment";
            case InputPattern _ -> "input";
        };
    }
}
