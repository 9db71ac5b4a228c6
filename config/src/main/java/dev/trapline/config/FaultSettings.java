package dev.trapline.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.Occasion;
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

/// Reads one rule of a plan of faults, and collects its errors.
final class FaultSettings {

    private static final List<String> KEYS = List.of("name", "at", "when", "do");
    private static final List<String> WHERE = List.of("function", "service", "vcpu", "conduit");
    private static final List<String> WHEN = List.of("nth", "every", "probability", "from", "until", "after", "times");

    private final SectionReader rule;
    private final String name;
    private final Collection<ServiceDescriptor> services;

    /// @param path what the rule is called in messages
    /// @param otherwise the rule's name if it has none of its own
    FaultSettings(
            String path,
            String otherwise,
            ConfigObject rule,
            Collection<ServiceDescriptor> services,
            List<ConfigProblem> problems) {
        this.rule = new SectionReader(path, rule, problems);
        this.services = List.copyOf(services);
        ConfigValue given = rule.get("name");
        this.name = given == null ? otherwise : Settings.shown(given);
        if (given != null && !FaultRule.isName(name)) {
            this.rule.refuse("name", given, "takes 1 to 64 letters, digits, '.', '_' and '-'", ", not " + name);
        }
    }

    /// The rule; null if it has an error.
    @Nullable
    FaultRule read() {
        rule.requireKnown(KEYS);
        CallPattern where = where();
        Occasion when = when();
        CallFault what = null;
        if (!rule.has("do")) {
            rule.missing("do", "fault", ": it says what happens, as in do { refuse = -3 }");
        } else {
            SectionReader doing = rule.section("do");
            what = doing == null ? null : new FaultKinds(doing, functions(where)).read();
        }
        return !rule.isFine() || when == null || what == null
                ? null
                : new FaultRule(name, where, when, what, rule.origin());
    }

    private CallPattern where() {
        SectionReader at = rule.section("at");
        if (at == null) {
            return CallPattern.ANY;
        }
        at.requireKnown(WHERE);
        Set<VcpuId> vcpus = new TreeSet<>();
        for (ConfigValue element : at.elements("vcpu")) {
            String text = Settings.shown(element);
            if (text.matches("[0-9]{1,2}") && Integer.parseInt(text) < VcpuId.MAX_COUNT) {
                vcpus.add(new VcpuId(Integer.parseInt(text)));
            } else {
                at.refuse("vcpu", element, "takes the number of a vCPU, from 0 on, or a list of them", ", not " + text);
            }
        }
        Set<String> names = new TreeSet<>();
        for (ConfigValue element : at.elements("service")) {
            names.add(Settings.shown(element));
            requireService(at, element);
        }
        return new CallPattern(vcpus, conduits(at), functions(at), names);
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

    /// The described functions that a pattern meets.
    private List<ServiceDescriptor.Function> functions(CallPattern where) {
        return services.stream()
                .filter(service ->
                        where.services().isEmpty() || where.services().contains(service.name()))
                .flatMap(service -> service.functions().stream())
                .filter(function -> where.functions().isEmpty()
                        || where.functions().stream()
                                .anyMatch(some -> some.contain(function.id().value())))
                .toList();
    }

    private @Nullable Occasion when() {
        SectionReader when = rule.section("when");
        if (when == null) {
            return Occasion.ALWAYS;
        }
        when.requireKnown(WHEN);
        long nth = when.number("nth", 1, Long.MAX_VALUE, 0);
        long every = when.number("every", 1, Long.MAX_VALUE, 1);
        long times = when.number("times", 1, Long.MAX_VALUE, nth == 0 ? Long.MAX_VALUE : 1);
        double probability = probability(when);
        Moment from = moment(when, "from");
        Moment until = moment(when, "until");
        ConfigValue after = when.get("after");
        if (!when.isFine()) {
            return null;
        }
        try {
            return new Occasion(
                    nth, every, probability, from, until, after == null ? "" : Settings.shown(after), times);
        } catch (IllegalArgumentException e) {
            when.refuse("can never be: " + e.getMessage());
            return null;
        }
    }

    private static double probability(SectionReader when) {
        ConfigValue value = when.get("probability");
        String text = value == null ? "1" : Settings.shown(value);
        double number = text.matches("[0-9]{1,9}|[0-9]?\\.[0-9]{1,20}|[1-9](\\.[0-9]{1,20})?[eE]-[0-9]{1,2}")
                ? Double.parseDouble(text)
                : -1;
        if (value != null && !(number > 0 && number <= 1)) {
            when.refuse("probability", value, "takes a number above 0, and at most 1, as in 0.1", ", not " + text);
            return 1;
        }
        return number;
    }

    private static @Nullable Moment moment(SectionReader when, String key) {
        ConfigValue value = when.get(key);
        Moment moment = value == null ? null : PlannedText.moment(Settings.shown(value));
        if (value != null && moment == null) {
            when.refuse(
                    key,
                    value,
                    "takes " + PlannedText.MOMENTS + ", as in \"time:5ms\"",
                    ", not " + Settings.shown(value));
        }
        return moment;
    }
}
