package dev.trapline.config;

import com.typesafe.config.ConfigValue;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlace;
import dev.trapline.abi.fault.InputPattern;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads where a fault is possible: the section `at` of a rule.
final class FaultPlaces {

    private static final List<String> CALLS = List.of("function", "service", "vcpu", "conduit");
    private static final List<String> MOMENTS = List.of("moment", "interval");
    private static final String INPUT = "input";

    private final List<ServiceDescriptor> services;

    /// @param services whose names and functions it may use
    FaultPlaces(Collection<ServiceDescriptor> services) {
        this.services = List.copyOf(services);
    }

    /// The place; null if there is an error.
    @Nullable
    FaultPlace read(SectionReader at) {
        List<String> known = new ArrayList<>(CALLS);
        known.addAll(MOMENTS);
        known.add(INPUT);
        at.requireKnown(known);
        boolean calls = CALLS.stream().anyMatch(at::has);
        boolean moments = MOMENTS.stream().anyMatch(at::has);
        boolean inputs = at.has(INPUT);
        if ((calls && moments) || (calls && inputs) || (moments && inputs)) {
            at.refuse("names two of calls, moments and inputs: a fault is at one of them");
            return null;
        }
        return moments ? moments(at) : inputs ? inputs(at) : calls(at);
    }

    private static @Nullable FaultPlace moments(SectionReader at) {
        ConfigValue value = at.get("moment");
        ConfigValue interval = at.get("interval");
        Moment first = FaultSettings.moment(at, "moment");
        long ticks = interval == null ? 0 : FaultKinds.ticks(at, "interval", interval, "a duration, as in 5ms");
        if (value == null) {
            at.missing("moment", "section", ": it says when the first moment is, as in moment = \"time:5ms\"");
        } else if (interval != null && first instanceof Moment.AtSlice) {
            at.refuse("interval", interval, "needs a moment with a time, as in moment = \"time:5ms\"", "");
        } else if (first != null && at.isFine()) {
            return new Moments(first, ticks);
        }
        return null;
    }

    private static @Nullable FaultPlace inputs(SectionReader at) {
        ConfigValue value = at.get(INPUT);
        String text = value == null ? "" : Settings.shown(value);
        for (InputPattern.Kind kind : InputPattern.Kind.values()) {
            if (SectionReader.name(kind).equals(text)) {
                return new InputPattern(kind);
            }
        }
        if (value != null) {
            at.refuse(INPUT, value, "takes console, network or entropy", ", not " + text);
        }
        return null;
    }

    private CallPattern calls(SectionReader at) {
        Set<VcpuId> vcpus = vcpus(at, "takes the number of a vCPU, from 0 on, or a list of them");
        Set<String> names = new TreeSet<>();
        for (ConfigValue element : at.elements("service")) {
            names.add(Settings.shown(element));
            requireService(at, element);
        }
        return new CallPattern(vcpus, conduits(at), functions(at), names);
    }

    /// The vCPUs of the key `vcpu`.
    ///
    /// @param takes what the key takes, in words
    static Set<VcpuId> vcpus(SectionReader in, String takes) {
        Set<VcpuId> vcpus = new TreeSet<>();
        for (ConfigValue element : in.elements("vcpu")) {
            String text = Settings.shown(element);
            if (text.matches("[0-9]{1,2}") && Integer.parseInt(text) < VcpuId.MAX_COUNT) {
                vcpus.add(new VcpuId(Integer.parseInt(text)));
            } else {
                in.refuse("vcpu", element, takes, ", not " + text);
            }
        }
        return vcpus;
    }

    private static Set<Conduit> conduits(SectionReader at) {
        Set<Conduit> conduits = at.some("conduit", Conduit.class);
        return conduits.isEmpty() ? CallPattern.ANY.conduits() : conduits;
    }

    private void requireService(SectionReader at, ConfigValue element) {
        List<String> known = services.stream().map(ServiceDescriptor::name).toList();
        String wanted = Settings.shown(element);
        if (!known.contains(wanted)) {
            String nearest = Nearest.to(wanted, known);
            at.refuse(
                    "service",
                    element,
                    "takes the name of a service, or a list of them",
                    ", not " + wanted
                            + (nearest.isEmpty()
                                    ? " (there are: " + String.join(", ", known) + ")"
                                    : "; did you mean " + nearest + "?"));
        }
    }

    private List<Functions> functions(SectionReader at) {
        List<Functions> functions = new ArrayList<>();
        for (ConfigValue element : at.elements("function")) {
            String text = Settings.shown(element);
            Functions parsed = FunctionsText.parse(text);
            if (parsed instanceof Functions.Range(FunctionId _, long count) && count < 1) {
                at.refuse("function", element, FunctionsText.TAKES, ", not " + text);
            }
            List<Functions> found = parsed == null ? named(text) : List.of(parsed);
            if (found.isEmpty()) {
                TreeSet<String> names = new TreeSet<>();
                services.forEach(service -> service.functions().forEach(function -> {
                    names.add(function.name());
                    names.add(function.name().substring(function.name().indexOf('_') + 1));
                }));
                String nearest = Nearest.to(text.toUpperCase(Locale.ROOT), names);
                at.refuse(
                        "function",
                        element,
                        "takes the name of a function, an identifier or a range, or a list of them",
                        ", not " + text
                                + (nearest.isEmpty()
                                        ? "; 'trapline caps list' names them"
                                        : "; did you mean " + nearest + "?"));
            }
            functions.addAll(found);
        }
        return functions;
    }

    /// The functions of a name: a name without the prefix of its document, as `CPU_ON`, will do.
    private List<Functions> named(String text) {
        String wanted = FunctionsText.bare(text);
        Set<Functions> found = new LinkedHashSet<>();
        for (ServiceDescriptor service : services) {
            for (ServiceDescriptor.Function function : service.functions()) {
                String known = function.name().toUpperCase(Locale.ROOT);
                boolean tail = known.contains("_")
                        && FunctionsText.bare(known.substring(known.indexOf('_') + 1))
                                .equals(wanted);
                if (!wanted.isEmpty() && (FunctionsText.bare(known).equals(wanted) || tail)) {
                    found.add(new Functions.One(function.id()));
                }
            }
        }
        return List.copyOf(found);
    }

    /// The described functions of which a fault may be: their results have names.
    List<ServiceDescriptor.Function> functions(@Nullable FaultPlace place) {
        if (!(place instanceof CallPattern where)) {
            return List.of();
        }
        return services.stream()
                .filter(service ->
                        where.services().isEmpty() || where.services().contains(service.name()))
                .flatMap(service -> service.functions().stream())
                .filter(function -> where.functions().isEmpty()
                        || where.functions().stream()
                                .anyMatch(some -> some.contain(function.id().value())))
                .toList();
    }
}
