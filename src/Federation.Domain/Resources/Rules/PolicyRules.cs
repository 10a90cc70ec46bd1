using System.Globalization;
using Federation.Domain.Policies;

namespace Federation.Domain.Resources.Rules;

internal static class PolicyRules
{
    public static void Check(string path, PlacementPolicySpec policy, RuleContext context)
    {
        for (int i = 0; i < (policy.Affinity?.Count ?? 0); i++) CheckTerm(At(path, "affinity", i), policy.Affinity![i], context);
        for (int i = 0; i < (policy.Preferred?.Count ?? 0); i++) CheckTerm($"{At(path, "preferred", i)}.term", policy.Preferred![i].Term, context);
        for (int i = 0; i < (policy.Tolerations?.Count ?? 0); i++) CheckToleration(At(path, "tolerations", i), policy.Tolerations![i], context);
        CheckSpread(path, policy.Spread ?? [], context);
        CheckDivision($"{path}.division", policy.Division, context);
        if (policy.Survive is null) return;
        if (policy.Division.Strategy == DivisionStrategy.Duplicated)
            context.Refuse($"{path}.survive", "what is duplicated runs everywhere already, so that nothing can be held back for it", "remove survive, or write another strategy");
        if (policy.Spread?.Any(static rule => rule.Max is not null) == true)
            context.Refuse($"{path}.survive", "under a spread rule with max nobody can promise that a loss fits", "remove survive, or the max");
        if (!policy.Failover.Enabled)
            context.Refuse($"{path}.survive", "without failover nothing leaves a lost place, so that nothing needs room for it elsewhere", "remove survive, or enable failover");
    }

    private static void CheckTerm(string path, LabelTerm term, RuleContext context)
    {
        if (LabelSyntax.KeyViolation(term.Key) is { } rule) context.Refuse($"{path}.key", rule);
        bool hasValues = term.Values is { Count: > 0 };
        bool wantsValues = term.Operator is LabelOperator.In or LabelOperator.NotIn;
        if (wantsValues && !hasValues) context.Refuse($"{path}.values", "in and notIn need at least one value", "to ask only for the label, write operator: exists");
        if (!wantsValues && hasValues) context.Refuse($"{path}.values", "exists and doesNotExist take no values", "remove them");
        for (int i = 0; i < (term.Values?.Count ?? 0); i++)
        {
            if (LabelSyntax.ValueViolation(term.Values![i]) is { } valueRule) context.Refuse(string.Create(CultureInfo.InvariantCulture, $"{path}.values[{i}]"), valueRule);
        }
    }

    private static void CheckToleration(string path, Toleration toleration, RuleContext context)
    {
        if (toleration.Key is { } key && LabelSyntax.KeyViolation(key) is { } rule) context.Refuse($"{path}.key", rule);
        if (toleration.Value is { } value && LabelSyntax.ValueViolation(value) is { } valueRule) context.Refuse($"{path}.value", valueRule);
        if (toleration.Key is null && toleration.Value is not null) context.Refuse($"{path}.value", "a toleration with a value needs a key");
    }

    private static void CheckSpread(string path, IReadOnlyList<SpreadRule> spread, RuleContext context)
    {
        var labels = new HashSet<string>();
        for (int i = 0; i < spread.Count; i++)
        {
            string at = At(path, "spread", i);
            if (LabelSyntax.KeyViolation(spread[i].Label) is { } rule) context.Refuse($"{at}.label", rule);
            if (!labels.Add(spread[i].Label)) context.Refuse($"{at}.label", "a label is spread over once");
            if (spread[i].Max < spread[i].Min) context.Refuse($"{at}.max", "max is not below min");
        }
    }

    private static void CheckDivision(string path, DivisionRule division, RuleContext context)
    {
        bool weighted = division.Strategy == DivisionStrategy.Weighted;
        if (weighted && division.Weights is not { Count: > 0 }) context.Refuse($"{path}.weights", "the strategy weighted needs weights");
        if (!weighted && division.Weights is { Count: > 0 }) context.Refuse($"{path}.weights", "weights belong to the strategy weighted", "write strategy: weighted, or remove them");
        for (int i = 0; i < (division.Weights?.Count ?? 0); i++) CheckTerm($"{At(path, "weights", i)}.term", division.Weights![i].Term, context);
    }

    private static string At(string path, string member, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}.{member}[{index}]");
}
