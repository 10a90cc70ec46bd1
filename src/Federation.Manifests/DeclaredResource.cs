using System.Text.Json.Nodes;
using Federation.Domain.Resources;

namespace Federation.Manifests;

/// <summary>A resource as a file declares it.</summary>
/// <param name="Resource">The bound and checked record.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Source">The file it was read from.</param>
/// <param name="Line">The line its document begins on.</param>
/// <param name="Written">The fields that the document itself says, without defaults: what an apply owns.</param>
public sealed record DeclaredResource(Resource Resource, ResourceKind Kind, string Source, int Line, JsonObject Written);
