namespace Federation.TestKit.Kubernetes.Double;

/// <summary>A request, as access rules see it.</summary>
/// <param name="Verb"><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c> or <c>deletecollection</c>.</param>
/// <param name="Group">The API group; empty for the core.</param>
/// <param name="Resource">The resource, with its subresource after a slash.</param>
/// <param name="Namespace">The namespace; null for the cluster.</param>
/// <param name="Name">The object; null for all.</param>
public sealed record ApiCall(string Verb, string Group, string Resource, string? Namespace, string? Name);
