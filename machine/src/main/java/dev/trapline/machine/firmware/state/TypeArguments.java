package dev.trapline.machine.firmware.state;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds out what type variables stand for.
final class TypeArguments {

    private TypeArguments() {}

    /// A type with everything in place of its variables.
    ///
    /// @return null if it is an array of a generic type, or a variable of it is not known
    static @Nullable Resolved resolve(Type type, Map<TypeVariable<?>, Resolved> known) {
        return switch (type) {
            case Class<?> raw ->
                // What is left raw tells nothing of its elements.
                raw.getTypeParameters().length == 0 ? new Resolved(raw, List.of()) : null;
            case TypeVariable<?> variable -> known.get(variable);
            case WildcardType wildcard -> resolve(wildcard.getUpperBounds()[0], known);
            case ParameterizedType generic -> {
                List<Resolved> arguments = new ArrayList<>();
                for (Type argument : generic.getActualTypeArguments()) {
                    Resolved resolved = resolve(argument, known);
                    if (resolved == null) {
                        yield null;
                    }
                    arguments.add(resolved);
                }
                yield new Resolved((Class<?>) generic.getRawType(), arguments);
            }
            default -> null;
        };
    }

    /// What the variables of a type stand for in one use of it.
    static Map<TypeVariable<?>, Resolved> of(Resolved type) {
        Map<TypeVariable<?>, Resolved> known = new LinkedHashMap<>();
        TypeVariable<?>[] variables = type.raw().getTypeParameters();
        for (int k = 0; k < variables.length; k++) {
            known.put(variables[k], type.arguments().get(k));
        }
        return known;
    }

    /// What a class says of the arguments of a type above it: of `FirmwareService`, which a service implements.
    ///
    /// @return null if it leaves them open
    static @Nullable Resolved above(Class<?> from, Class<?> wanted) {
        return above(from, wanted, new LinkedHashMap<>());
    }

    private static @Nullable Resolved above(Class<?> at, Class<?> wanted, Map<TypeVariable<?>, Resolved> known) {
        List<Type> parents = new ArrayList<>(List.of(at.getGenericInterfaces()));
        if (at.getGenericSuperclass() != null) {
            parents.add(at.getGenericSuperclass());
        }
        for (Type parent : parents) {
            Class<?> raw =
                    parent instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : (Class<?>) parent;
            if (!wanted.isAssignableFrom(raw)) {
                continue;
            }
            Resolved resolved = resolve(parent, known);
            if (raw == wanted) {
                return resolved;
            }
            Resolved found = above(raw, wanted, resolved == null ? new LinkedHashMap<>() : of(resolved));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /// A subclass as it is in one use of a sealed interface: its variables are those of the interface.
    ///
    /// @return null if it has others
    static @Nullable Resolved below(Resolved sealed, Class<?> subclass) {
        Map<TypeVariable<?>, Resolved> known = new LinkedHashMap<>();
        for (Type parent : subclass.getGenericInterfaces()) {
            if (parent instanceof ParameterizedType generic && generic.getRawType() == sealed.raw()) {
                Type[] arguments = generic.getActualTypeArguments();
                for (int k = 0; k < arguments.length; k++) {
                    if (arguments[k] instanceof TypeVariable<?> variable) {
                        known.put(variable, sealed.arguments().get(k));
                    }
                }
            }
        }
        List<Resolved> arguments = new ArrayList<>();
        for (TypeVariable<?> variable : subclass.getTypeParameters()) {
            Resolved argument = known.get(variable);
            if (argument == null) {
                return null;
            }
            arguments.add(argument);
        }
        return new Resolved(subclass, arguments);
    }
}
