using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Federation.Engine.Images;
using Federation.Engine.Streams;

namespace Federation.Engine;

public sealed partial class EngineClient
{
    /// <summary>Describes an image that the engine has.</summary>
    /// <param name="image">A reference or an id.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<ImageDetails> InspectImageAsync(string image, CancellationToken cancellationToken) =>
        GetAsync($"images/{Escape(image)}/json", EngineJson.Default.ImageDetails, cancellationToken);

    /// <summary>Has the engine fetch an image; returns when it is there. A registry that sends nothing for the client's patience has failed.</summary>
    /// <param name="image">Which.</param>
    /// <param name="platform">For which system and processor, as <c>linux/arm64</c>; null for the machine's own.</param>
    /// <param name="credentials">For its registry; null for none.</param>
    /// <param name="progress">Told each step.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task PullImageAsync(ImageReference image, string? platform, RegistryCredentials? credentials, Action<PullProgress>? progress, CancellationToken cancellationToken)
    {
        string path = $"images/create?fromImage={Escape(image.Digest is null ? image.Repository : $"{image.Repository}@{image.Digest}")}";
        if (image.Tag is { } tag) path += $"&tag={Escape(tag)}";
        if (platform is not null) path += $"&platform={Escape(platform)}";
        HttpRequestMessage request = await RequestAsync(HttpMethod.Post, path, null, cancellationToken);
        AddCredentials(request, credentials);
        using HttpResponseMessage reply = await OpenAsync(request, cancellationToken);
        using Stream stream = await reply.Content.ReadAsStreamAsync(cancellationToken);
        using var silence = new CancellationTokenSource(_options.Patience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            await foreach (PullProgress step in LineReader.ReadAsync(stream, EngineJson.Default.PullProgress, both.Token))
            {
                if (step.Error is { } error) throw new EngineException(error);
                silence.CancelAfter(_options.Patience);
                progress?.Invoke(step);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EngineException(string.Create(CultureInfo.InvariantCulture, $"the registry {image.Registry} sends nothing for {_options.Patience.TotalSeconds} s"));
        }
    }

    private static void AddCredentials(HttpRequestMessage request, RegistryCredentials? credentials)
    {
        if (credentials is not null)
            request.Headers.TryAddWithoutValidation("X-Registry-Auth", Padded(Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(credentials, EngineJson.Default.RegistryCredentials))));
    }

    // The daemon decodes with padding.
    private static string Padded(string text) => text.PadRight((text.Length + 3) / 4 * 4, '=');
}
