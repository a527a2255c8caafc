# FitTrack as an image: the wheel with every extra at the pinned versions, run by a user without rights.
#   docker build -t fittrack .
#   docker run --rm -v fittrack:/data fittrack db migrate
#   docker run --rm -p 127.0.0.1:8000:8000 -v fittrack:/data fittrack
# That is development, for one's own machine only. What production needs (docs/operations.md) is given with --env-file.

FROM python:3.13-slim AS build
WORKDIR /src
COPY constraints.txt .
RUN pip install --no-cache-dir --constraint constraints.txt uv \
    && uv venv /opt/fittrack
COPY . .
RUN uv pip install --no-cache --python /opt/fittrack --constraints constraints.txt \
    --build-constraints constraints.txt --compile-bytecode ".[all]"

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home fittrack \
    && install --directory --owner fittrack --group fittrack /data
COPY --from=build /opt/fittrack /opt/fittrack
ENV PATH=/opt/fittrack/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TZ=UTC \
    FITTRACK_HOST=0.0.0.0 \
    FITTRACK_PORT=8000 \
    FITTRACK_DATABASE_URL=sqlite:////data/fittrack.db
USER fittrack
# The key made at the first start in development lies in ./var, so the working directory is the volume.
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 CMD [ \
    "python", "-c", \
    "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['FITTRACK_PORT'] + '/health/ready', timeout=2)" ]
ENTRYPOINT ["fittrack"]
CMD ["serve"]
