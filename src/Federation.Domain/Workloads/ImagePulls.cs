namespace Federation.Domain.Workloads;

/// <summary>What an order's material has for who fetches its image.</summary>
public static class ImagePulls
{
    private static readonly FileTarget[] Nowhere = [];

    /// <summary>A template's Secrets with those of <see cref="WorkloadTemplate.ImagePullSecrets"/>, which are laid nowhere.</summary>
    public static IReadOnlyList<FileReference>? MaterialOf(WorkloadTemplate template)
    {
        if (template.ImagePullSecrets is not { Count: > 0 } pulls) return template.Secrets;
        IReadOnlyList<FileReference> secrets = template.Secrets ?? [];
        return [.. secrets, .. pulls.Where(name => secrets.All(secret => secret.Name != name)).Select(static name => new FileReference { Name = name, Files = Nowhere })];
    }

    /// <summary>Whether a Secret is among a template's for the image alone.</summary>
    public static bool IsForImage(WorkloadTemplate template, FileReference secret) => secret.Files is { Count: 0 } && template.ImagePullSecrets?.Contains(secret.Name) == true;
}
